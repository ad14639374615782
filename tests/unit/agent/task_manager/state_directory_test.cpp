#include "agent/task_manager/state_directory.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace leat::task_manager {
namespace {

std::string fresh_folder(const std::string& name) {
  const std::string path = ::testing::TempDir() + "leat_state_" + name;
  std::filesystem::remove_all(path);
  return path;
}

TEST(StateDirectory, TheOwnerStaysTheSameAndDiffersFromOthers) {
  const std::string one = fresh_folder("one") + "/deeper";
  const auto owner = owner_of_state(one);
  ASSERT_TRUE(owner.ok()) << owner.error().to_string();
  EXPECT_EQ(owner->size(), 16U);
  EXPECT_EQ(owner_of_state(one).value(), *owner);
  EXPECT_NE(owner_of_state(fresh_folder("two")).value(), *owner);
}

TEST(StateDirectory, AForeignFileIsNamedAndLeftAlone) {
  const std::string path = fresh_folder("foreign");
  std::filesystem::create_directories(path);
  std::ofstream(path + "/owner") << "somebody else's\n";
  const auto owner = owner_of_state(path);
  ASSERT_FALSE(owner.ok());
  EXPECT_EQ(owner.error().code(), ErrorCode::kCorrupt);
  EXPECT_NE(owner.error().message().find(path + "/owner"), std::string::npos);
}

TEST(StateDirectory, APathThatCannotBeADirectoryIsAnError) {
  const std::string path = fresh_folder("file");
  std::ofstream(path) << "a file";
  EXPECT_FALSE(owner_of_state(path).ok());
  EXPECT_FALSE(owner_of_state(path + "/below").ok());
}

}  // namespace
}  // namespace leat::task_manager
