#include "autoconfig/thunderbird.h"

#include <gmock/gmock.h>

#include "autoconfig/test_offer.h"
#include "autoconfig/xml.h"

namespace restante::autoconfig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string config_with(const std::string& server) {
  return "<clientConfig><emailProvider>" + server + "</emailProvider></clientConfig>";
}

std::vector<FoundServer> read(const std::string& server) {
  const auto found = read_thunderbird_config(config_with(server), "ann@example.com");
  EXPECT_TRUE(found) << found.error().message();
  return found.value_or(std::vector<FoundServer>());
}

std::string pop3(const std::string& host, const std::string& port = "995",
                 const std::string& socket = "SSL", const std::string& user = "u") {
  return "<incomingServer type=\"pop3\"><hostname>" + host + "</hostname><port>" + port +
         "</port><socketType>" + socket + "</socketType><username>" + user +
         "</username></incomingServer>";
}

TEST(Thunderbird, WritesWhatItsFormatAsksFor) {
  const auto root = parse_xml(thunderbird_config(offer_of(test_settings(), "example.com")));
  ASSERT_TRUE(root) << root.error().message();
  EXPECT_EQ(root->name, "clientConfig");
  EXPECT_EQ(root->attribute("version"), "1.1");
  const XmlElement& provider = root->children.at(0);
  EXPECT_EQ(provider.attribute("id"), "example.com");
  EXPECT_EQ(provider.text_of("domain"), "example.com");
  EXPECT_EQ(provider.text_of("displayName"), "Ann & Bob <Mail>");
  EXPECT_THAT(provider.children, SizeIs(3 + 2 + 2));
  const XmlElement& first = provider.children.at(3);
  EXPECT_EQ(first.name, "incomingServer");
  EXPECT_EQ(first.attribute("type"), "pop3");
  EXPECT_EQ(first.text_of("hostname"), "mail.example.com");
  EXPECT_EQ(first.text_of("port"), "995");
  EXPECT_EQ(first.text_of("socketType"), "SSL");
  EXPECT_EQ(first.text_of("authentication"), "password-cleartext");
  EXPECT_EQ(first.text_of("username"), "%EMAILADDRESS%");
  EXPECT_EQ(provider.children.at(4).text_of("socketType"), "STARTTLS");
  EXPECT_EQ(provider.children.at(5).attribute("type"), "smtp");
  EXPECT_EQ(provider.children.at(6).text_of("port"), "587");
}

TEST(Thunderbird, NamesNoServerThatIsNotThere) {
  Settings settings = test_settings();
  settings.pop3_port = 0;
  settings.submission = settings.submissions = std::nullopt;
  const std::string text = thunderbird_config(offer_of(settings, "example.com"));
  EXPECT_THAT(text, Not(HasSubstr("STARTTLS")));
  EXPECT_THAT(text, Not(HasSubstr("outgoingServer")));
}

TEST(Thunderbird, ReadsWhatItWrote) {
  const auto found = read_thunderbird_config(
      thunderbird_config(offer_of(test_settings(), "example.com")), "ann@example.com");
  ASSERT_TRUE(found);
  EXPECT_THAT(
      *found,
      ElementsAre(FoundServer{{"mail.example.com", 995, Security::kTls}, "ann@example.com"},
                  FoundServer{{"mail.example.com", 110, Security::kStarttls}, "ann@example.com"}));
}

TEST(Thunderbird, FillsItsVariables) {
  const auto found = read(pop3("pop.%EMAILDOMAIN%", "995", "SSL", "%EMAILLOCALPART%"));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].server.host, "pop.example.com");
  EXPECT_EQ(found[0].user, "ann");
  EXPECT_EQ(read(pop3("a.b", "995", "SSL", "%EMAILLOCALPART%#x")).at(0).user, "ann#x");
  EXPECT_EQ(read(pop3("a.b", "995", "SSL", "%REALNAME%")).at(0).user, "");
}

TEST(Thunderbird, TakesNoServerThatAClientCouldNotUse) {
  for (const std::string& server :
       {pop3("a.b", "995", "plain"), pop3("a.b", "0"), pop3("a.b", "65536"), pop3("a.b", "x"),
        pop3(""), pop3("-a.b"), pop3("a b"), pop3("a\nb"), pop3("a/b"), pop3("%EMAILADDRESS%"),
        std::string("<incomingServer type=\"imap\"><hostname>a.b</hostname><port>993</port>"
                    "<socketType>SSL</socketType></incomingServer>"),
        std::string("<outgoingServer type=\"pop3\"><hostname>a.b</hostname><port>993</port>"
                    "<socketType>SSL</socketType></outgoingServer>")})
    EXPECT_THAT(read(server), IsEmpty()) << server;
  EXPECT_THAT(read(pop3("a.b") + pop3("A.B")), SizeIs(1)) << "each once";
}

TEST(Thunderbird, RefusesWhatIsNoConfiguration) {
  for (const char* const text : {"", "<html/>", "<clientConfig/>", "<emailProvider/>", "{}"})
    EXPECT_FALSE(read_thunderbird_config(text, "ann@example.com")) << text;
}

}  // namespace
}  // namespace restante::autoconfig
