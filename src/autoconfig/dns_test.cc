#include "autoconfig/dns.h"

#include <gmock/gmock.h>

#include "autoconfig/test_offer.h"

namespace restante::autoconfig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines(const Settings& settings) {
  return zone_lines(dns_records(offer_of(settings, "example.com"), settings.hostname));
}

TEST(DnsRecords, NameEachServiceAndTheNamesThatProgramsAsk) {
  EXPECT_THAT(lines(test_settings()),
              ElementsAre("_pop3s._tcp.example.com.        IN SRV   0 1 995 mail.example.com.",
                          "_pop3._tcp.example.com.         IN SRV   0 1 110 mail.example.com.",
                          "_submissions._tcp.example.com.  IN SRV   0 1 465 smtp.example.com.",
                          "_submission._tcp.example.com.   IN SRV   0 1 587 smtp.example.com.",
                          "_autodiscover._tcp.example.com. IN SRV   0 1 443 mail.example.com.",
                          "autoconfig.example.com.         IN CNAME mail.example.com.",
                          "autodiscover.example.com.       IN CNAME mail.example.com."));
}

TEST(DnsRecords, SayWhatIsNotThere) {
  Settings settings = test_settings();
  settings.pop3_port = 0;
  settings.submissions = settings.submission = std::nullopt;
  settings.hostname = "autoconfig.example.com";
  const auto all = lines(settings);
  EXPECT_THAT(all, testing::Contains("_pop3._tcp.example.com.         IN SRV   0 0 0 ."));
  EXPECT_THAT(all, Not(testing::Contains(HasSubstr("_submission"))));
  EXPECT_THAT(all, Not(testing::Contains(testing::StartsWith("autoconfig.example.com."))))
      << "no alias of itself";
}

}  // namespace
}  // namespace restante::autoconfig
