#include "autoconfig/outlook.h"

#include <gmock/gmock.h>

#include "autoconfig/test_offer.h"
#include "autoconfig/xml.h"

namespace restante::autoconfig {
namespace {

const std::string kSchema =
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

std::string request(const std::string& inside) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"http://schemas."
         "microsoft.com/exchange/autodiscover/outlook/requestschema/2006\"><Request>" +
         inside + "</Request></Autodiscover>";
}

std::string address(const std::string& text) { return "<EMailAddress>" + text + "</EMailAddress>"; }

TEST(Outlook, ReadsTheAddressOfARequest) {
  const auto read =
      read_outlook_request(request(address(" ann@example.com\r\n") + "<AcceptableResponseSchema>" +
                                   kSchema + "</AcceptableResponseSchema>"));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(*read, "ann@example.com");
  EXPECT_EQ(read_outlook_request(request(address("a&amp;b@example.com"))), "a&b@example.com");
}

TEST(Outlook, RefusesWhatIsNoRequest) {
  for (const std::string& body :
       {std::string(), std::string("<Autodiscover/>"), request(""), request(address("")),
        request(address("ann")), request(address("@example.com")), request(address("ann@")),
        request(address("a b@example.com")), request(address("a&#9;b@example.com")),
        std::string("<Request>") + address("ann@example.com") + "</Request>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + request(address("&e;@a.b"))})
    EXPECT_EQ(read_outlook_request(body).error().code, Errc::kSyntax) << body;
  EXPECT_EQ(read_outlook_request(request(address(std::string(250, 'a') + "@a.bc"))).error().code,
            Errc::kLimit);
  EXPECT_EQ(read_outlook_request(request(address("ann@example.com") +
                                         "<AcceptableResponseSchema>http://schemas.microsoft.com/"
                                         "exchange/autodiscover/mobilesync/responseschema/2006"
                                         "</AcceptableResponseSchema>"))
                .error()
                .code,
            Errc::kNotFound);
}

TEST(Outlook, AnswersWithTheServersOfTheDomain) {
  const auto root =
      parse_xml(outlook_answer(offer_of(test_settings(), "example.com"), "a&b@example.com"));
  ASSERT_TRUE(root) << root.error().message();
  EXPECT_EQ(root->name, "Autodiscover");
  const XmlElement& response = root->children.at(0);
  EXPECT_EQ(response.attribute("xmlns"), kSchema);
  const XmlElement& account = response.children.at(0);
  EXPECT_EQ(account.text_of("AccountType"), "email");
  EXPECT_EQ(account.text_of("Action"), "settings");
  const XmlElement& pop3 = account.children.at(2);
  EXPECT_EQ(pop3.text_of("Type"), "POP3");
  EXPECT_EQ(pop3.text_of("Server"), "mail.example.com");
  EXPECT_EQ(pop3.text_of("Port"), "995");
  EXPECT_EQ(pop3.text_of("SSL"), "on");
  EXPECT_EQ(pop3.text_of("SPA"), "off") << "left out it would be on";
  EXPECT_EQ(pop3.text_of("LoginName"), "a&b@example.com");
  EXPECT_EQ(pop3.child("UsePOPAuth"), nullptr);
  const XmlElement& smtp = account.children.at(3);
  EXPECT_EQ(smtp.text_of("Type"), "SMTP");
  EXPECT_EQ(smtp.text_of("Port"), "465");
  EXPECT_EQ(smtp.text_of("UsePOPAuth"), "on");
}

TEST(Outlook, SaysStlsWhereThereIsNothingElse) {
  Settings settings = test_settings();
  settings.pop3s_port = 0;
  const auto root = parse_xml(outlook_answer(offer_of(settings, "example.com"), "a@example.com"));
  const XmlElement& pop3 = root->children.at(0).children.at(0).children.at(2);
  EXPECT_EQ(pop3.text_of("Port"), "110");
  EXPECT_EQ(pop3.text_of("SSL"), "off");
  EXPECT_EQ(pop3.text_of("Encryption"), "TLS");
}

TEST(Outlook, ErrorsHaveTheirCode) {
  const auto root = parse_xml(outlook_error(600, "a <b>"));
  ASSERT_TRUE(root);
  const XmlElement& error = root->children.at(0).children.at(0);
  EXPECT_EQ(error.text_of("ErrorCode"), "600");
  EXPECT_EQ(error.text_of("Message"), "a <b>");
}

}  // namespace
}  // namespace restante::autoconfig
