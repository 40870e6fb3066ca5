#include "server/settings/places.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace restante::settings {
namespace {

class Places : public testing::Test {
 protected:
  Places() {
    ::unsetenv("RESTANTE_CONFIG");
    std::filesystem::create_directories(folder);
  }
  ~Places() override {
    ::unsetenv("RESTANTE_CONFIG");
    std::filesystem::remove_all(folder);
  }
  void write(const char* name) const { std::ofstream(folder / name) << "# empty\n"; }

  const std::filesystem::path folder =
      testing::TempDir() + "restante_places_" + std::to_string(::getpid());
};

TEST_F(Places, TheCommandLineComesBeforeTheEnvironment) {
  ::setenv("RESTANTE_CONFIG", "/srv/mail.toml", 1);
  EXPECT_EQ(server_file("own.toml", folder).path, "own.toml");
  EXPECT_EQ(server_file("", folder).path, "/srv/mail.toml");
  EXPECT_TRUE(server_file("", folder).is_named);
  ::setenv("RESTANTE_CONFIG", "", 1);
  EXPECT_EQ(server_file("", folder).path, folder / "restanted.toml");
  EXPECT_FALSE(server_file("", folder).is_named);
}

TEST_F(Places, AnEmptyNameIsNoFile) {
  EXPECT_EQ(names_a_file("own.toml"), "");
  EXPECT_NE(names_a_file(""), "");
}

TEST_F(Places, TheOldNameIsReadWithAWarningWhereItIsAlone) {
  EXPECT_EQ(server_file("", folder).path, folder / "restanted.toml") << "neither is there";
  write("restante.toml");
  const ServerFile old = server_file("", folder);
  EXPECT_EQ(old.path, folder / "restante.toml");
  EXPECT_EQ(old.warning, (folder / "restante.toml").string() +
                             " is the old name of the configuration: rename it to restanted.toml, "
                             "and restart the server");
  write("restanted.toml");
  EXPECT_EQ(server_file("", folder).path, folder / "restanted.toml");
  EXPECT_EQ(server_file("", folder).warning, "");
}

}  // namespace
}  // namespace restante::settings
