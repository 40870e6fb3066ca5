#include "console/pager.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace restante::console {
namespace {

std::string content(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(Pager, GetsWhatIsPrintedWhileItLives) {
  const std::string file = testing::TempDir() + "restante_pager_" + std::to_string(::getpid());
  {
    const Pager pager("cat > " + file);
    std::cout << "paged\n";
  }
  EXPECT_EQ(content(file), "paged\n");
  std::filesystem::remove(file);
}

TEST(Pager, OneThatEndsEarlyOrIsNotThereDoesNoHarm) {
  for (const char* const command : {"true", "/nonexistent/pager 2>/dev/null", ""}) {
    const Pager pager(command);
    if (*command != '\0')
      for (int i = 0; i < 100'000; ++i) std::cout << "more than a pipe holds\n";
  }
  EXPECT_TRUE(std::cout.good());
}

TEST(Pager, UsualCommand) {
  ::setenv("PAGER", "most", 1);
  EXPECT_EQ(Pager::usual_command(), "most");
  ::setenv("PAGER", "", 1);
  EXPECT_EQ(Pager::usual_command(), "") << "none is wanted";
  ::unsetenv("PAGER");
  const bool has_less = ::access("/usr/bin/less", X_OK) == 0;
  EXPECT_EQ(Pager::usual_command(), has_less ? "less -FRX" : "");
}

}  // namespace
}  // namespace restante::console
