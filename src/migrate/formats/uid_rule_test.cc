#include "migrate/formats/uid_rule.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "migrate/formats/digests.h"

namespace restante::migrate {
namespace {

TEST(UidRule, KeepsWhatRfc1939Allows) {
  const std::string longest(limits::kUidBytesMax, '~');
  for (const std::string& uid : {std::string("1"), std::string("!~"), longest})
    EXPECT_EQ(storable_uid(uid), uid);
}

TEST(UidRule, MapsTheRestToWhatIsAllowed) {
  const std::string too_long(limits::kUidBytesMax + 1, 'x');
  for (const std::string& uid :
       {too_long, std::string("a b"), std::string("\xC3\xA4"), std::string("a\tb")}) {
    EXPECT_EQ(storable_uid(uid), sha256_of(uid));
    EXPECT_LE(storable_uid(uid).size(), limits::kUidBytesMax);
  }
}

TEST(UidRule, TellsRepeatedOnesApart) {
  EXPECT_EQ(repeated_uid("ab", 2), "ab-2");
  const std::string longest(limits::kUidBytesMax, 'x');
  EXPECT_EQ(repeated_uid(longest, 3), sha256_of(longest + "-3"));
}

}  // namespace
}  // namespace restante::migrate
