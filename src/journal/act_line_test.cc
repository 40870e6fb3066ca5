#include "journal/act_line.h"

#include <gtest/gtest.h>

namespace restante::journal {
namespace {

using std::chrono::milliseconds;

Act delivered() {
  Act act;
  act.kind = Kind::kDelivered;
  act.when = WallTime(milliseconds(1'795'000'000'123));
  act.account = "alice@example.com";
  act.uid = "1f.2";
  act.octets = 4711;
  act.message_id = "<1@example.org>";
  return act;
}

std::string line_of(const Act& act) {
  std::string line;
  append_line(act, line);
  return line;
}

TEST(ActLine, HasWhatIsKnownInItsOrder) {
  EXPECT_EQ(line_of(delivered()),
            R"({"when":"2026-11-18T11:06:40.123Z","act":"delivered","account":"alice@example.com",)"
            R"("uid":"1f.2","message_id":"<1@example.org>","octets":4711})"
            "\n");
}

TEST(ActLine, IsReadBackWhateverStandsInIt) {
  for (const std::string text :
       {"plain", "a \"quoted\" \\ word", "line\r\nend\x01\x7f", "\xc3\xbcml\xc3\xa4ut", ""}) {
    Act act = delivered();
    for (std::string Act::*member :
         {&Act::account, &Act::device, &Act::view, &Act::user, &Act::from, &Act::session, &Act::uid,
          &Act::message_id, &Act::queue_id, &Act::recipient, &Act::detail})
      act.*member = text;
    act.count = 18'446'744'073'709'551'615U;
    std::string line = line_of(act);
    ASSERT_EQ(line.back(), '\n');
    line.pop_back();
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto read = parse_line(line);
    ASSERT_TRUE(read) << line;
    EXPECT_EQ(*read, act) << line;
  }
}

TEST(ActLine, OctetsThatAreNotUtf8AreReadAsLatin1) {
  Act act = delivered();
  act.account = "m\xfcller";
  EXPECT_NE(line_of(act).find("m\xc3\xbcller"), std::string::npos);
}

TEST(ActLine, OfEachKind) {
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    Act act;
    act.kind = static_cast<Kind>(i);
    std::string line = line_of(act);
    line.pop_back();
    EXPECT_EQ(parse_line(line)->kind, act.kind);
  }
}

TEST(ActLine, KeysOfALaterVersionArePassedOver) {
  const auto read = parse_line(R"({"act":"polled","mood":"good","depth":3,"account":"a"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->account, "a");
}

TEST(ActLine, AnythingElseIsNoLine) {
  for (const char* line :
       {"", "{", "{}", "[]", R"({"act":"polled")", R"({"act":"polled"} )", R"({"act":polled})",
        R"({"act":"unheard"})", R"({"account":"a"})", R"({"act":"polled","a":"\x"})",
        R"({"act":"polled","a":"\u00)", R"({"act":"polled","when":"yesterday"})",
        R"({"act":"polled","when":"2026-13-18T11:06:40.123Z"})", R"({"act":"polled","a":{}})"})
    EXPECT_FALSE(parse_line(line)) << line;
}

TEST(ActLine, ANameIsReplacedWhereItIsAName) {
  Act act = delivered();
  act.recipient = "alice@example.com";
  act.detail = "alias set alice@example.com not-alice@example.com --to alice@example.com";
  const std::string line = with_name_replaced(line_of(act), "alice@example.com", "hash:1");
  act.account = act.recipient = "hash:1";
  act.detail = "alias set hash:1 not-alice@example.com --to hash:1";
  EXPECT_EQ(line, line_of(act));
  EXPECT_EQ(with_name_replaced(line, "alice", "x"), line);
}

}  // namespace
}  // namespace restante::journal
