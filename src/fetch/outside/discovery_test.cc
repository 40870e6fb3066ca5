#include "fetch/outside/discovery.h"

#include <gmock/gmock.h>

#include <map>

namespace restante::fetch {
namespace {

using profile::Tls;
using testing::IsEmpty;
using testing::SizeIs;

class DiscoveryTest : public testing::Test {
 protected:
  std::vector<Candidate> find() {
    return candidates("example.com", [this](const std::string& name) { return dns[name]; });
  }
  std::map<std::string, std::vector<ServiceRecord>> dns;
};

TEST_F(DiscoveryTest, GuessesWhereTheDomainSaysNothing) {
  const auto found = find();
  ASSERT_THAT(found, SizeIs(8));
  EXPECT_EQ(found[0].host, "pop.example.com");
  EXPECT_EQ(found[0].port, 995);
  EXPECT_EQ(found[0].tls, Tls::kImplicit);
  EXPECT_FALSE(found[0].from_dns);
  EXPECT_EQ(found[3].host, "example.com");
  EXPECT_EQ(found[4].tls, Tls::kStarttls);
  EXPECT_EQ(found[4].port, 110);
}

TEST_F(DiscoveryTest, TheDomainsRecordsComeFirstByPriorityAndTlsFirst) {
  dns["_pop3._tcp.example.com"] = {{0, 0, 110, "b.example.net"}};
  dns["_pop3s._tcp.example.com"] = {{20, 0, 995, "second.example.net"},
                                    {10, 1, 1995, "first.example.net"},
                                    {10, 5, 995, "heavy.example.net"}};
  const auto found = find();
  EXPECT_EQ(found[0].host, "heavy.example.net");
  EXPECT_EQ(found[1].host, "first.example.net");
  EXPECT_EQ(found[1].port, 1995);
  EXPECT_EQ(found[2].host, "second.example.net");
  EXPECT_EQ(found[3].host, "b.example.net");
  EXPECT_EQ(found[3].tls, Tls::kStarttls);
  EXPECT_TRUE(found[3].from_dns);
  EXPECT_FALSE(found[4].from_dns);
}

TEST_F(DiscoveryTest, NoServiceAtAllIsBelieved) {
  dns["_pop3s._tcp.example.com"] = {{0, 0, 0, ""}};
  EXPECT_THAT(find(), SizeIs(8)) << "the other one may be there";
  dns["_pop3._tcp.example.com"] = {{0, 0, 0, ""}};
  EXPECT_THAT(find(), IsEmpty());
}

TEST_F(DiscoveryTest, EachServerOnce) {
  dns["_pop3s._tcp.example.com"] = {{0, 0, 995, "pop.example.com"}};
  EXPECT_THAT(find(), SizeIs(8));
}

/// An answer with the SRV records given as RDATA.
std::vector<unsigned char> dns_answer(const std::vector<std::string>& records) {
  std::string text("\x12\x34\x81\x80\x00\x01\x00", 7);
  text += static_cast<char>(records.size());
  text += std::string("\x00\x00\x00\x00", 4);
  text += std::string("\x01x\x00\x00\x21\x00\x01", 7);  // The question: x, SRV, IN.
  for (const std::string& data : records) {
    text += std::string("\xC0\x0C\x00\x21\x00\x01\x00\x00\x00\x05\x00", 11);
    text += static_cast<char>(data.size());
    text += data;
  }
  return {text.begin(), text.end()};
}

TEST(ParseServices, ReadsRecordsAndNoService) {
  const std::string record("\x00\x0A\x00\x05\x03\xE3\x03pop\x01x\x00", 13);
  const std::string none("\x00\x00\x00\x00\x00\x00\x00", 7);
  const auto found = parse_services(dns_answer({record, none}));
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].priority, 10);
  EXPECT_EQ(found[0].weight, 5);
  EXPECT_EQ(found[0].port, 995);
  EXPECT_EQ(found[0].target, "pop.x");
  EXPECT_EQ(found[1].target, "");
}

TEST(ParseServices, EveryCutAndEveryChangedByteIsSurvived) {
  const auto whole = dns_answer({std::string("\x00\x0A\x00\x05\x03\xE3\x03pop\xC0\x0C", 12)});
  ASSERT_THAT(parse_services(whole), SizeIs(1));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(parse_services(std::span(whole).first(size)), IsEmpty()) << size;
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int value = 0; value < 256; ++value) {
      auto changed = whole;
      changed[at] = static_cast<unsigned char>(value);
      EXPECT_LE(parse_services(changed).size(), 1U);
    }
}

TEST(DiscoveryNameTest, OnlyNamesBelowADomainAreWithinIt) {
  EXPECT_TRUE(is_within("example.com", "example.com"));
  EXPECT_TRUE(is_within("POP.Example.com.", "example.COM"));
  EXPECT_TRUE(is_within("a.b.example.com", "example.com."));
  for (const char* const host : {"evilexample.com", "example.com.evil.net", "com", "example.co", "",
                                 ".", "mail.example.net", "example.com-evil.net"})
    EXPECT_FALSE(is_within(host, "example.com")) << host;
  EXPECT_FALSE(is_within("anything", ""));
  EXPECT_FALSE(is_within("anything.", "."));
}

}  // namespace
}  // namespace restante::fetch
