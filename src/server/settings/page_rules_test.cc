#include "server/settings/page_rules.h"

#include <gmock/gmock.h>

#include <fstream>

#include "files/test_support.h"
#include "server/settings/parse.h"

namespace restante::settings {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LoadResult load(const std::string& text) {
  return parse("data_dir = \"/d\"\nhostname = \"mail.example.com\"\n" + text, "f", "/");
}

Config good(const std::string& text) {
  const LoadResult result = load(text);
  EXPECT_THAT(result.mistakes, IsEmpty()) << text;
  return result.config.value_or(Config{});
}

std::string listener(const std::string& protocol, const std::string& address,
                     const std::string& more = "") {
  return "[[listen]]\nprotocol = \"" + protocol + "\"\naddress = \"" + address + "\"\n" + more +
         "\n";
}

const std::string kDomains = "[autoconfig]\ndomains = [\"Example.com\", \"example.org\"]\n";

TEST(PageRules, WithoutATableNothingIsSaid) {
  const Config config = good(listener("http", "0.0.0.0:80"));
  EXPECT_THAT(config.autoconfig.domains, IsEmpty());
  EXPECT_EQ(config.listen.at(0).serve, (Pages{true, true, false}));
}

TEST(PageRules, TakesHostAndPortsFromTheServer) {
  const Config config = good(listener("pop3", "0.0.0.0:110") + listener("pop3", "0.0.0.0:111") +
                             listener("pop3", "[::]:1995", "tls = \"implicit\"") + kDomains);
  EXPECT_THAT(config.autoconfig.domains, ElementsAre("example.com", "example.org"));
  EXPECT_EQ(config.autoconfig.hostname, "mail.example.com");
  EXPECT_EQ(config.autoconfig.pop3s_port, 1995);
  EXPECT_EQ(config.autoconfig.pop3_port, 110);
}

TEST(PageRules, WhatIsWrittenHolds) {
  const Config config =
      good(listener("pop3", "systemd:pop3s", "tls = \"implicit\"") + kDomains +
           "hostname = \"pop.example.com\"\npop3_port = 0\nsubmissions = \"smtp.example.com\"\n"
           "submission = \"smtp.example.com:2587\"");
  EXPECT_EQ(config.autoconfig.hostname, "pop.example.com");
  EXPECT_EQ(config.autoconfig.pop3s_port, 995) << "another program opens the socket";
  EXPECT_EQ(config.autoconfig.pop3_port, 0);
  EXPECT_EQ(config.autoconfig.submissions->port, 465);
  EXPECT_EQ(config.autoconfig.submission->port, 2587);
}

TEST(PageRules, ATokenGoesWithTls) {
  const files::TempFolder folder;
  const std::string file = (folder.path() / "token").string();
  std::ofstream(file) << "0123456789abcdef0123456789abcdef\n";
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  const std::string token = "token_file = \"" + file + "\"\n";
  const std::string tls = token + "tls = \"implicit\"\n";
  EXPECT_EQ(good(listener("http", "0.0.0.0:443", tls)).listen.at(0).token_file, file);
  const auto wrong = [](const std::string& text, const char* why) {
    EXPECT_THAT(load(text).mistakes, ElementsAre(testing::HasSubstr(why))) << text;
  };
  wrong(listener("http", "0.0.0.0:80", token), "a token must not be read on its way");
  wrong(listener("http", "unix:/run/h", token), "a token must not be read on its way");
  wrong(listener("pop3", "0.0.0.0:110", token), "goes with protocol");
  wrong(listener("http", "0.0.0.0:443", tls + "serve = [\"autoconfig\"]") + kDomains +
            "pop3s_port = 995\n",
        "this listener has none of them");
  std::filesystem::permissions(file, std::filesystem::perms(0640));
  wrong(listener("http", "0.0.0.0:443", tls), "chmod 600");
  std::filesystem::remove(file);
  wrong(listener("http", "0.0.0.0:443", tls), "No such file");
}

TEST(PageRules, APublicListenerServesAutoconfigAlone) {
  const std::string both = "serve = [\"metrics\", \"autoconfig\"]";
  const std::string alone = "serve = [\"autoconfig\"]";
  const std::string pop3 = listener("pop3", "0.0.0.0:110");
  for (const char* const address : {"127.0.0.1:80", "127.8.0.1:80", "[::1]:80", "unix:/run/http"})
    good(pop3 + listener("http", address, both) + kDomains);
  for (const char* const address : {"0.0.0.0:80", "[::]:80", "192.0.2.1:80", "systemd:http"}) {
    good(pop3 + listener("http", address, alone) + kDomains);
    EXPECT_THAT(load(pop3 + listener("http", address, both) + kDomains).mistakes,
                ElementsAre("f:10: listen.serve: \"autoconfig\" is for everybody, and stands alone "
                            "unless the address is on loopback"))
        << address;
  }
}

TEST(PageRules, SaysWhatIsMissing) {
  const std::string pop3 = listener("pop3", "0.0.0.0:110");
  EXPECT_THAT(load(pop3 + "[autoconfig]\n").mistakes,
              ElementsAre("f:7: autoconfig.domains: is missing"));
  EXPECT_THAT(load(pop3 + "[autoconfig]\ndomains = []").mistakes,
              ElementsAre("f:8: autoconfig.domains: must name a domain, as in [\"example.com\"]"));
  EXPECT_THAT(load(pop3 + "[autoconfig]\ndomains = [\"a.b\", \"A.b\"]").mistakes,
              ElementsAre("f:8: autoconfig.domains: names a.b twice"));
  EXPECT_THAT(load(listener("pop3", "0.0.0.0:110", "tls = \"none\"") + kDomains).mistakes,
              ElementsAre("f:7: autoconfig.pop3s_port: there is no port to name: no pop3 listener "
                          "has TLS, and no key names one"));
  EXPECT_THAT(load(pop3 + kDomains + "profile_key = \"/dev/null/x\"").mistakes.at(0),
              "f:9: autoconfig.profile_key: profile_certificate and profile_key go together");
}

}  // namespace
}  // namespace restante::settings
