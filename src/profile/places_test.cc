#include "profile/places.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace restante::profile {
namespace {

TEST(Places, FollowTheEnvironment) {
  ::setenv("HOME", "/home/alice", 1);
  ::unsetenv("XDG_CONFIG_HOME");
  ::setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_EQ(default_profile_file(), "/home/alice/.config/restante/restante.toml");
  EXPECT_EQ(state_folder(), "/home/alice/.local/state/restante") << "a relative one is invalid";
  ::setenv("XDG_CONFIG_HOME", "/c", 1);
  ::setenv("XDG_STATE_HOME", "/s", 1);
  EXPECT_EQ(default_profile_file(), "/c/restante/restante.toml");
  EXPECT_EQ(state_folder(), "/s/restante");
}

TEST(Places, Expand) {
  ::setenv("HOME", "/home/alice", 1);
  EXPECT_EQ(expand("~", "/b"), "/home/alice");
  EXPECT_EQ(expand("~/x/../y", "/b"), "/home/alice/y");
  EXPECT_EQ(expand("x", "/b"), "/b/x");
  EXPECT_EQ(expand("/x", "/b"), "/x");
}

}  // namespace
}  // namespace restante::profile
