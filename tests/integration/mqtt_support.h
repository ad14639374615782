// What the MQTT integration tests and benchmarks share: a mosquitto of their own, a libuv loop on a
// thread, a waker to wait on, and brokers that misbehave.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <uv.h>
#include <vector>

#include "core/env/clock.h"
#include "core/env/executor.h"

namespace leat::testing {

std::uint16_t free_port();

// A directory under the system's temporary one, removed at the end.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  const std::string& path() const { return path_; }
  // Writes a file in it and returns its path.
  std::string write(const std::string& name, std::string_view content) const;

 private:
  std::string path_;
};

// A mosquitto on a free loopback port; ended, by its process id, at the latest with this object.
class Mosquitto {
 public:
  // `settings` are lines of mosquitto.conf after "listener PORT 127.0.0.1".
  explicit Mosquitto(std::string settings = "allow_anonymous true\n");
  ~Mosquitto();
  Mosquitto(const Mosquitto&) = delete;
  Mosquitto& operator=(const Mosquitto&) = delete;

  // True when it accepts connections.
  bool start();
  void kill();       // SIGKILL
  void terminate();  // SIGTERM: it saves its persistent sessions
  std::uint16_t port() const { return port_; }
  std::string url() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }
  const TempDirectory& directory() const { return directory_; }

 private:
  void end(int signal);
  TempDirectory directory_;
  std::uint16_t port_;
  std::string settings_;
  pid_t pid_ = -1;
};

// A libuv loop running on its own thread until destroyed; everything on it must be closed before.
class LoopThread {
 public:
  LoopThread();
  ~LoopThread();
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;
  uv_loop_t* loop() { return &loop_; }
  // Runs it on the loop's thread and waits.
  void run(const std::function<void()>& work);

 private:
  void on_wake();
  uv_loop_t loop_{};
  uv_async_t async_{};
  std::mutex mutex_;
  std::condition_variable done_;
  const std::function<void()>* work_ = nullptr;
  bool stopping_ = false;
  std::thread thread_;
};

class WaitableWaker final : public env::Waker {
 public:
  void wake() override;
  // Until woken since the last wait, or a short while has passed.
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  bool woken_ = false;
};

class RealClock final : public env::Clock {
 public:
  TimestampMs now_ms() const override;
  std::int64_t monotonic_ns() const override;
};

// Lines that were logged; thread-safe.
class LogLines {
 public:
  void add(std::string_view text);
  bool contains(std::string_view part) const;
  std::size_t count(std::string_view part) const;
  std::string all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

// A TCP server that plays a broker: for each connection the script runs on a thread, gets the
// socket, and the connection is closed when it returns.
class FakeBroker {
 public:
  explicit FakeBroker(std::function<void(int socket, int connection)> script);
  ~FakeBroker();
  FakeBroker(const FakeBroker&) = delete;
  FakeBroker& operator=(const FakeBroker&) = delete;
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  std::function<void(int, int)> script_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<int> connections_{0};
  std::thread thread_;
};

// Helpers for scripts: whole packets only; empty at the end of the connection.
std::string read_packet(int socket);
void send_bytes(int socket, std::string_view bytes);

}  // namespace leat::testing
