#include "accounts/login/verified_cache.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace restante::accounts {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAge{1000};

WallTime at(std::int64_t ms) { return WallTime(milliseconds(ms)); }

std::shared_ptr<const Account> account(std::string name) {
  auto made = std::make_shared<Account>();
  made->name = std::move(name);
  return made;
}

struct Words {
  std::string name;
  std::string password;
  std::string secret;
  std::string peer;
  bool remote = false;
  auto operator<=>(const Words&) const = default;
  [[nodiscard]] CredentialQuestion question() const {
    return {name, password, secret, peer, remote};
  }
};

// In every order of events: a yes is given only to the very question that was answered with yes,
// within its age, and with that account. Few and short words, so that they collide.
TEST(VerifiedCache, NeverAnswersAnotherQuestion) {
  std::mt19937 random(1);
  const auto pick = [&random](int n) { return static_cast<int>(random() % unsigned(n)); };
  const auto word = [&pick] { return std::string(pick(2) == 0 ? "a" : "ab"); };
  for (int round = 0; round < 50; ++round) {
    VerifiedCache cache(8);
    std::map<Words, std::int64_t> verified;
    std::int64_t now = 0;
    int yes = 0;
    for (int step = 0; step < 400; ++step) {
      now += pick(30);
      const Words words{word(), word(), word(), word(), pick(2) == 0};
      switch (pick(12)) {
        case 0: cache.forget(words.name); break;
        case 1:
        case 2:
        case 3:
          cache.remember(words.question(), at(now), account(words.name));
          verified[words] = now;
          EXPECT_TRUE(cache.ask(words.question(), at(now), kAge).yes);
          break;
        default: {
          const auto answer = cache.ask(words.question(), at(now), kAge);
          if (!answer.yes) break;
          ++yes;
          ASSERT_TRUE(verified.contains(words));
          ASSERT_LT(now - verified[words], kAge.count());
          ASSERT_EQ(answer.account->name, words.name);
        }
      }
    }
    EXPECT_GT(yes, 0);
  }
}

TEST(VerifiedCache, PartsDoNotRunTogether) {
  VerifiedCache cache(100);
  const Words right{"n", "ab", "cd", "ef", true};
  cache.remember(right.question(), at(0), account("n"));
  for (const Words& other : std::vector<Words>{{"n", "a", "bcd", "ef", true},
                                               {"n", "abcd", "", "ef", true},
                                               {"n", "ab", "cde", "f", true},
                                               {"n", "ab", "cdef", "", true},
                                               {"na", "b", "cd", "ef", true},
                                               {"n", "ab", "cd", "ef", false}})
    EXPECT_FALSE(cache.ask(other.question(), at(0), kAge).yes) << other.password;
  EXPECT_TRUE(cache.ask(right.question(), at(0), kAge).yes);
}

TEST(VerifiedCache, HasAnAge) {
  VerifiedCache cache(100);
  const Words words{"n", "p", "s", "", false};
  cache.remember(words.question(), at(1000), nullptr);
  EXPECT_TRUE(cache.ask(words.question(), at(1999), kAge).yes);
  EXPECT_FALSE(cache.ask(words.question(), at(2000), kAge).yes);
  EXPECT_FALSE(cache.ask(words.question(), at(999), kAge).yes) << "the clock was set back";
  EXPECT_FALSE(cache.ask(words.question(), at(1000), milliseconds(0)).yes) << "switched off";
}

TEST(VerifiedCache, ARemotePasswordReplacesTheOneBefore) {
  VerifiedCache cache(100);
  const Words before{"n", "old", "", "", true};
  const Words after{"n", "new", "", "", true};
  cache.remember(before.question(), at(0), account("n"));
  cache.remember(after.question(), at(1), account("n"));
  EXPECT_FALSE(cache.ask(before.question(), at(2), kAge).yes);
  EXPECT_TRUE(cache.ask(after.question(), at(2), kAge).yes);
}

TEST(VerifiedCache, SeveralAddressesAndSeveralLocalPasswordsLiveSideBySide) {
  VerifiedCache cache(100);
  for (const std::string peer : {"192.0.2.1", "192.0.2.2"})
    cache.remember(Words{"n", "p", "", peer, true}.question(), at(0), account("n"));
  for (const std::string secret : {"one", "two", "three", "four"})
    cache.remember(Words{"m", "p" + secret, secret, "", false}.question(), at(0), nullptr);
  EXPECT_TRUE(cache.ask(Words{"n", "p", "", "192.0.2.1", true}.question(), at(0), kAge).yes);
  EXPECT_TRUE(cache.ask(Words{"n", "p", "", "192.0.2.2", true}.question(), at(0), kAge).yes);
  EXPECT_FALSE(cache.ask(Words{"n", "p", "", "192.0.2.3", true}.question(), at(0), kAge).yes);
  EXPECT_TRUE(cache.ask(Words{"m", "pone", "one", "", false}.question(), at(0), kAge).yes);
  EXPECT_TRUE(cache.ask(Words{"m", "pfour", "four", "", false}.question(), at(0), kAge).yes);
  EXPECT_FALSE(cache.ask(Words{"m", "pone", "four", "", false}.question(), at(0), kAge).yes);
}

TEST(VerifiedCache, IsBounded) {
  VerifiedCache cache(10);
  for (int i = 0; i < 200; ++i)
    cache.remember(Words{"u" + std::to_string(i / 4), "p", std::to_string(i), "", false}.question(),
                   at(0), nullptr);
  int held = 0;
  for (int i = 0; i < 200; ++i)
    if (cache
            .ask(Words{"u" + std::to_string(i / 4), "p", std::to_string(i), "", false}.question(),
                 at(0), kAge)
            .yes)
      ++held;
  EXPECT_LE(held, 10);
  EXPECT_GT(held, 0);
  cache.clear();
  EXPECT_FALSE(cache.ask(Words{"u49", "p", "199", "", false}.question(), at(0), kAge).yes);
  VerifiedCache none(0);
  none.remember(Words{"n", "p", "s", "", false}.question(), at(0), nullptr);
  EXPECT_FALSE(none.ask(Words{"n", "p", "s", "", false}.question(), at(0), kAge).yes);
}

}  // namespace
}  // namespace restante::accounts
