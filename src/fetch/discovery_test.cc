#include "fetch/discovery.h"

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

}  // namespace
}  // namespace restante::fetch
