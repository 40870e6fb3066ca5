#include "files/descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace restante::files {
namespace {

int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }

TEST(Descriptor, HasOneOwnerWhoClosesIt) {
  const int number = open_null();
  {
    Descriptor first(number);
    Descriptor second(std::move(first));
    EXPECT_EQ(second.number(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Descriptor, ClosesTheOldOneWhenItGetsAnother) {
  const int old = open_null();
  Descriptor held(old);
  const int fresh = ::fcntl(old, F_DUPFD_CLOEXEC, old + 1);
  held = Descriptor(fresh);
  EXPECT_FALSE(is_open(old));
  EXPECT_EQ(held.number(), fresh);
  held.reset();
  EXPECT_FALSE(held.is_open());
  EXPECT_FALSE(is_open(fresh));
}

TEST(Descriptor, AReleasedOneIsNotClosed) {
  const int number = open_null();
  {
    Descriptor held(number);
    EXPECT_EQ(held.release(), number);
    EXPECT_FALSE(held.is_open());
  }
  EXPECT_TRUE(is_open(number));
  ::close(number);
}

}  // namespace
}  // namespace restante::files
