#include "tests/integration/mqtt_support.h"

#include <arpa/inet.h>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/assert.h"

namespace leat::testing {

namespace {

int listen_on(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                     ::listen(listener, 16) == 0;
  LEAT_ASSERT(bound);
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return listener;
}

bool accepts(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected =
      ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

bool receive_exactly(int socket, std::string& bytes, std::size_t size) {
  while (bytes.size() < size) {
    char buffer[4096];
    const ssize_t n = ::recv(socket, buffer, std::min(sizeof buffer, size - bytes.size()), 0);
    if (n <= 0) return false;
    bytes.append(buffer, static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

std::uint16_t free_port() {
  std::uint16_t port = 0;
  ::close(listen_on(port));
  return port;
}

TempDirectory::TempDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "leat-mqtt-XXXXXX").string();
  LEAT_ASSERT(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDirectory::write(const std::string& name, std::string_view content) const {
  const std::string path = path_ + "/" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

Mosquitto::Mosquitto(std::string settings) : port_(free_port()), settings_(std::move(settings)) {}

Mosquitto::~Mosquitto() { kill(); }

bool Mosquitto::start() {
  // As root it would otherwise become another user, who cannot read its directory.
  const std::string config =
      directory_.write("mosquitto.conf",
                       "listener " + std::to_string(port_) + " 127.0.0.1\nuser root\n" + settings_);
  const std::string log = directory_.path() + "/mosquitto.log";
  // Found here, and not by the child: after fork only what is async-signal-safe may run.
  const char* program =
      ::access("/usr/sbin/mosquitto", X_OK) == 0 ? "/usr/sbin/mosquitto" : "/usr/bin/mosquitto";
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves no broker behind
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execl(program, "mosquitto", "-c", config.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  pid_ = pid;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!accepts(port_)) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

void Mosquitto::end(int signal) {
  if (pid_ < 0) return;
  ::kill(pid_, signal);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void Mosquitto::kill() { end(SIGKILL); }
void Mosquitto::terminate() { end(SIGTERM); }

LoopThread::LoopThread() {
  ::signal(SIGPIPE, SIG_IGN);  // as every program with a libuv loop does
  uv_loop_init(&loop_);
  uv_async_init(&loop_, &async_,
                [](uv_async_t* async) { static_cast<LoopThread*>(async->data)->on_wake(); });
  async_.data = this;
  thread_ = std::thread([this] { uv_run(&loop_, UV_RUN_DEFAULT); });
}

LoopThread::~LoopThread() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  uv_async_send(&async_);
  thread_.join();
  LEAT_ASSERT(uv_loop_close(&loop_) == 0);
}

void LoopThread::run(const std::function<void()>& work) {
  std::unique_lock<std::mutex> lock(mutex_);
  work_ = &work;
  uv_async_send(&async_);
  done_.wait(lock, [this] { return work_ == nullptr; });
}

void LoopThread::on_wake() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (work_ != nullptr) {
    (*work_)();
    work_ = nullptr;
    done_.notify_all();
  }
  auto* handle = reinterpret_cast<uv_handle_t*>(&async_);
  if (stopping_ && !uv_is_closing(handle)) uv_close(handle, nullptr);
}

void WaitableWaker::wake() {
  const std::lock_guard<std::mutex> lock(mutex_);
  woken_ = true;
  condition_.notify_one();
}

void WaitableWaker::wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  condition_.wait_for(lock, std::chrono::milliseconds(100), [this] { return woken_; });
  woken_ = false;
}

TimestampMs RealClock::now_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t RealClock::monotonic_ns() const {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

void LogLines::add(std::string_view text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  lines_.emplace_back(text);
}

std::size_t LogLines::count(std::string_view part) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::size_t found = 0;
  for (const std::string& line : lines_) found += line.find(part) != std::string::npos ? 1 : 0;
  return found;
}

bool LogLines::contains(std::string_view part) const { return count(part) > 0; }

std::string LogLines::all() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string text;
  for (const std::string& line : lines_) text += line + "\n";
  return text;
}

FakeBroker::FakeBroker(std::function<void(int, int)> script) : script_(std::move(script)) {
  listener_ = listen_on(port_);
  thread_ = std::thread([this] {
    while (true) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      script_(socket, ++connections_);
      ::close(socket);
    }
  });
}

FakeBroker::~FakeBroker() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::string read_packet(int socket) {
  std::string bytes;
  if (!receive_exactly(socket, bytes, 2)) return {};
  std::size_t length = 0;
  for (int i = 0;; ++i) {
    const auto byte = static_cast<unsigned char>(bytes.back());
    length |= static_cast<std::size_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) break;
    if (i == 3 || !receive_exactly(socket, bytes, bytes.size() + 1)) return {};
  }
  if (!receive_exactly(socket, bytes, bytes.size() + length)) return {};
  return bytes;
}

void send_bytes(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace leat::testing
