#include "autoconfig/apple.h"

#include <gmock/gmock.h>

#include <map>

#include "autoconfig/test_offer.h"
#include "autoconfig/xml.h"

namespace restante::autoconfig {
namespace {

/// Without the DOCTYPE, which Apple's form has and our reader refuses.
Result<XmlElement> parse_plist(std::string text) {
  const std::size_t at = text.find("<!DOCTYPE");
  text.erase(at, text.find('>', at) + 1 - at);
  return parse_xml(text);
}

/// The keys of a dict, each with its value's element name and text.
std::map<std::string, std::string> keys_of(const XmlElement& dict) {
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i + 1 < dict.children.size(); i += 2) {
    EXPECT_EQ(dict.children[i].name, "key");
    const XmlElement& value = dict.children[i + 1];
    EXPECT_TRUE(out.emplace(dict.children[i].text, value.name + " " + value.text).second);
  }
  return out;
}

TEST(AppleProfile, HasEachKeyThatAppleRequires) {
  const auto root = parse_plist(apple_profile(offer_of(test_settings(), "example.com")));
  ASSERT_TRUE(root) << root.error().message();
  const XmlElement& profile = root->children.at(0);
  auto outer = keys_of(profile);
  EXPECT_EQ(outer["PayloadType"], "string Configuration");
  EXPECT_EQ(outer["PayloadVersion"], "integer 1");
  EXPECT_EQ(outer["PayloadIdentifier"], "string com.example.restante.autoconfig");
  EXPECT_EQ(outer["PayloadDisplayName"], "string Ann & Bob <Mail>");
  const XmlElement& mail = profile.children.at(1).children.at(0);
  auto inner = keys_of(mail);
  EXPECT_EQ(inner["PayloadType"], "string com.apple.mail.managed");
  EXPECT_EQ(inner["EmailAccountType"], "string EmailTypePOP");
  EXPECT_EQ(inner["IncomingMailServerAuthentication"], "string EmailAuthPassword");
  EXPECT_EQ(inner["IncomingMailServerHostName"], "string mail.example.com");
  EXPECT_EQ(inner["IncomingMailServerPortNumber"], "integer 995");
  EXPECT_EQ(inner["IncomingMailServerUseSSL"], "true ");
  EXPECT_EQ(inner["OutgoingMailServerAuthentication"], "string EmailAuthPassword");
  EXPECT_EQ(inner["OutgoingMailServerHostName"], "string smtp.example.com");
  EXPECT_EQ(inner["OutgoingMailServerPortNumber"], "integer 465");
  EXPECT_FALSE(inner.contains("EmailAddress")) << "the device asks for it";
  EXPECT_FALSE(inner.contains("IncomingPassword"));
  EXPECT_NE(inner["PayloadUUID"], outer["PayloadUUID"]);
}

TEST(AppleProfile, IsTheSameEachTimeAndAnotherForAnotherDomain) {
  const std::string one = apple_profile(offer_of(test_settings(), "example.com"));
  EXPECT_EQ(apple_profile(offer_of(test_settings(), "example.com")), one);
  const std::string other = apple_profile(offer_of(test_settings(), "example.org"));
  const auto uuid = [](const std::string& text) {
    return text.substr(text.rfind("PayloadUUID"), 80);
  };
  EXPECT_NE(uuid(one), uuid(other));
  EXPECT_THAT(uuid(one), testing::ContainsRegex("[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB]"
                                                "[0-9A-F]{3}-[0-9A-F]{12}<"));
}

TEST(AppleProfile, NeedsAServerForEachDirection) {
  Settings settings = test_settings();
  settings.submission = settings.submissions = std::nullopt;
  EXPECT_EQ(apple_profile(offer_of(settings, "example.com")), "");
}

}  // namespace
}  // namespace restante::autoconfig
