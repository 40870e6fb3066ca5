#include "base/secret_string.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <type_traits>
#include <vector>

namespace {

/// The content of the places that were given back while a test was watching.
std::vector<std::string>* given_back = nullptr;
std::size_t wanted_bytes = 0;

void note(const void* memory) {
  if (given_back == nullptr || memory == nullptr) return;
  std::vector<std::string>* const notes = std::exchange(given_back, nullptr);
  notes->emplace_back(static_cast<const char*>(memory), wanted_bytes);
  given_back = notes;
}

}  // namespace

// SecretString keeps its octets in a new char[]: only here can be seen what they are at the end.
void* operator new[](std::size_t bytes) {
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete[](void* memory) noexcept {
  note(memory);
  std::free(memory);
}
void operator delete[](void* memory, std::size_t /*bytes*/) noexcept {
  note(memory);
  std::free(memory);
}

namespace restante {
namespace {

constexpr std::string_view kSecret = "correct horse battery staple";

class GivenBack {
 public:
  explicit GivenBack(std::size_t bytes = kSecret.size()) {
    wanted_bytes = bytes;
    given_back = &notes_;
  }
  ~GivenBack() { given_back = nullptr; }
  GivenBack(const GivenBack&) = delete;
  GivenBack& operator=(const GivenBack&) = delete;
  std::vector<std::string> take() {
    given_back = nullptr;
    return std::exchange(notes_, {});
  }

 private:
  std::vector<std::string> notes_;
};

const std::vector<std::string> kOneWiped{std::string(kSecret.size(), '\0')};

TEST(SecretString, IsWipedWhenItGoes) {
  GivenBack seen;
  { const SecretString secret(kSecret); }
  EXPECT_EQ(seen.take(), kOneWiped);
}

TEST(SecretString, IsWipedWhenAnotherTakesItsPlace) {
  SecretString secret(kSecret);
  GivenBack seen;
  secret = SecretString();
  EXPECT_EQ(seen.take(), kOneWiped);
  EXPECT_TRUE(secret.empty());
}

TEST(SecretString, MovesWithoutACopy) {
  SecretString secret("x");  // So short that a std::string would leave it behind.
  const char* const place = secret.view().data();
  SecretString moved(std::move(secret));
  EXPECT_EQ(moved.view().data(), place);
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): what is left of it.
  EXPECT_EQ(secret.view(), "");
  SecretString assigned("y");
  assigned = std::move(moved);
  EXPECT_EQ(assigned.view().data(), place);
}

TEST(SecretString, CopiesAreTheirOwn) {
  SecretString copy;
  {
    const SecretString secret(kSecret);
    copy = secret;
  }
  EXPECT_EQ(copy.view(), kSecret);
  const SecretString& same = copy;
  copy = same;
  EXPECT_EQ(copy.view(), kSecret);
}

TEST(SecretString, HoldsAnyOctets) {
  const std::string octets("a\0b\xff", 4);
  EXPECT_EQ(SecretString(octets).view(), octets);
  EXPECT_EQ(SecretString(octets).size(), 4U);
  EXPECT_TRUE(SecretString("").empty());
}

TEST(SecretString, HasNoWayIntoAStream) {
  // It converts to a view where one is asked for, never to a text that stays.
  EXPECT_TRUE((std::is_convertible_v<SecretString, std::string_view>));
  EXPECT_FALSE((std::is_convertible_v<SecretString, std::string>));
  EXPECT_FALSE((std::is_convertible_v<std::string, SecretString>));
}

TEST(Wipe, LeavesNothingInTheString) {
  for (const std::size_t bytes : {0U, 1U, 15U, 16U, 1000U}) {
    std::string text(bytes, 'x');
    const char* const place = text.data();
    wipe(text);
    EXPECT_TRUE(text.empty());
    ASSERT_EQ(text.data(), place) << "the same memory, so that it can be looked at";
    // Still the string's own memory, if not its text any more.
    EXPECT_EQ(std::string(place, bytes), std::string(bytes, '\0')) << bytes;
  }
}

TEST(AppendSecret, GrowsToTheSameText) {
  std::string text;
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    const std::string piece(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26));
    append_secret(text, piece);
    expected += piece;
  }
  EXPECT_EQ(text, expected);
}

}  // namespace
}  // namespace restante
