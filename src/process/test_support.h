// A child process that tries things: what a confined process may and may not do can only be tried
// in one that dies afterwards.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <functional>

namespace restante::process {

/// Runs `work` in a child; its result, or minus the signal that ended the child.
inline int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return -1000;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// 0 when a call of the C library succeeded, its errno otherwise.
template <typename T>
int outcome(T returned) {
  return returned >= 0 ? 0 : errno;
}

/// A folder of a test's own.
class ProcessTest : public testing::Test {
 protected:
  ProcessTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "restante-p-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~ProcessTest() override { std::filesystem::remove_all(folder_); }
  ProcessTest(const ProcessTest&) = delete;
  ProcessTest& operator=(const ProcessTest&) = delete;

  std::filesystem::path folder_;
};

}  // namespace restante::process
