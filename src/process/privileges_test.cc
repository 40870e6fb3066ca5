#include "process/privileges.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>

#include <array>

#include "process/test_support.h"

namespace restante::process {
namespace {

// A user and a group that every Debian has; rights can be given up only where there are some.
constexpr const char* kUser = "nobody";
constexpr const char* kGroup = "nogroup";

bool is_root() { return ::geteuid() == 0; }

TEST(Privileges, FindsUsersAndGroups) {
  const auto user = find_identity(kUser, "");
  ASSERT_TRUE(user);
  EXPECT_NE(user->user, 0U);
  EXPECT_EQ(user->name, kUser);
  EXPECT_EQ(find_identity(kUser, "adm")->group, *find_group("adm"));
  EXPECT_EQ(find_identity("no-such-user", "").error().code, Errc::kNotFound);
  EXPECT_EQ(find_identity(kUser, "no-such-group").error().code, Errc::kNotFound);
  EXPECT_EQ(identity_of(0, 0).name, "root");
  EXPECT_EQ(identity_of(3999999, 0).name, "user 3999999");
}

TEST(Privileges, BecomingAnotherUserIsForGood) {
  const auto user = find_identity(kUser, kGroup);
  ASSERT_TRUE(user);
  if (!is_root()) {
    EXPECT_EQ(become(*user).error().code, Errc::kAuth);
    return;
  }
  const int outcome = in_child([&] {
    const std::array<gid_t, 2> roots_own{0, 4};
    if (::setgroups(roots_own.size(), roots_own.data()) != 0) return 9;
    if (!become(*user)) return 1;
    if (::getuid() != user->user || ::geteuid() != user->user) return 2;
    if (::getgid() != user->group || ::getegid() != user->group) return 3;
    if (::setuid(0) == 0 || ::seteuid(0) == 0 || ::setgid(0) == 0) return 4;
    if (::prctl(PR_CAPBSET_READ, 0UL) != 0) return 5;
    std::array<gid_t, 64> groups{};
    const int count = ::getgroups(groups.size(), groups.data());
    for (int i = 0; i < count; ++i)
      if (groups[static_cast<std::size_t>(i)] == 0) return 6;
    if (::open("/etc/shadow", O_RDONLY) >= 0) return 7;
    return become(*user) ? 0 : 8;  // Once more is no mistake.
  });
  EXPECT_EQ(outcome, 0);
}

class PrivilegesHome : public ProcessTest {};

TEST_F(PrivilegesHome, IsTheNewUsers) {
  const auto user = find_identity(kUser, "");
  if (!is_root()) return;
  const std::string home = ::getpwnam(kUser)->pw_dir;
  EXPECT_EQ(in_child([&] {
              ::setenv("HOME", "/root", 1);
              return become(*user) && ::getenv("HOME") == home ? 0 : 1;
            }),
            0);
}

TEST_F(PrivilegesHome, OfThatUserStays) {
  const auto user = find_identity(kUser, "");
  if (!is_root()) return;
  EXPECT_EQ(in_child([&] {
              ::setenv("HOME", folder_.c_str(), 1);
              if (::chown(folder_.c_str(), user->user, user->group) != 0) return 2;
              return become(*user) && ::getenv("HOME") == folder_.string() ? 0 : 1;
            }),
            0);
}

TEST(Privileges, NoPlainUserBecomesAnother) {
  const auto user = find_identity(kUser, "");
  if (!is_root()) return;
  EXPECT_EQ(in_child([&] {
              static_cast<void>(become(*user));
              return become(identity_of(1, 1)).error().code == Errc::kAuth ? 0 : 1;
            }),
            0);
}

TEST(Privileges, CapabilitiesAreGivenUp) {
  EXPECT_EQ(in_child([] {
              if (!drop_capabilities()) return 1;
              // What needs a capability, even as root.
              return ::setgroups(0, nullptr) == 0 ? 2 : 0;
            }),
            0);
}

TEST(Privileges, NoNewOnes) {
  EXPECT_EQ(in_child([] {
              if (!no_new_privileges()) return 1;
              return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 2;
            }),
            0);
}

}  // namespace
}  // namespace restante::process
