#include "autoconfig/site.h"

#include <gmock/gmock.h>

#include "autoconfig/test_offer.h"

namespace restante::autoconfig {
namespace {

using testing::HasSubstr;
using testing::Not;

class SiteTest : public testing::Test {
 protected:
  Answer get(std::string_view host, std::string_view target) const {
    return site.answer({"GET", host, target, {}});
  }
  Answer post(std::string_view host, const std::string& address) const {
    const std::string body = "<Autodiscover><Request><EMailAddress>" + address +
                             "</EMailAddress></Request></Autodiscover>";
    return site.answer({"POST", host, "/autodiscover/autodiscover.xml", body});
  }
  Site site = *Site::make(test_settings(), nullptr);
};

constexpr std::string_view kFirst = "/mail/config-v1.1.xml";
constexpr std::string_view kSecond = "/.well-known/autoconfig/mail/config-v1.1.xml";

TEST_F(SiteTest, ThunderbirdIsAnsweredAtBothAddresses) {
  const Answer first = get("autoconfig.example.com", kFirst);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.type, "text/xml; charset=utf-8");
  EXPECT_THAT(first.body, HasSubstr("<domain>example.com</domain>"));
  EXPECT_EQ(get("Example.COM.:8443", kSecond).body, first.body);
  EXPECT_THAT(get("autoconfig.example.org", kFirst).body,
              HasSubstr("<domain>example.org</domain>"));
}

TEST_F(SiteTest, EachNameOfADomainGetsTheSame) {
  const std::string first = get("autoconfig.example.com", kFirst).body;
  for (const char* const name : {"ann", "nobody", "", "%3Cscript%3E", "a%2Bb"})
    EXPECT_EQ(get("autoconfig.example.com",
                  std::string(kFirst) + "?x=1&emailaddress=" + name + "%40Example.com")
                  .body,
              first)
        << name;
  EXPECT_EQ(get("example.com", "/email.mobileconfig?email=ann@example.com").body,
            get("example.com", "/email.mobileconfig").body);
}

TEST_F(SiteTest, ADomainIsNotAnsweredForAnother) {
  const std::string of_other = std::string(kFirst) + "?emailaddress=ann@example.org";
  EXPECT_EQ(get("autoconfig.example.com", of_other).status, 404);
  EXPECT_THAT(get("mail.example.com", of_other).body, HasSubstr("<domain>example.org</domain>"))
      << "by its own name the address says of which";
  EXPECT_EQ(get("mail.example.com", kFirst).status, 404);
  EXPECT_EQ(get("mail.example.com", std::string(kFirst) + "?emailaddress=a@b.c").status, 404);
}

TEST_F(SiteTest, OtherHostsAreNotAnswered) {
  for (const char* const host :
       {"", "evil.test", "example.com.evil.test", "www.example.com", "autoconfig.",
        "autoconfig.autoconfig.example.com", "127.0.0.1", "[::1]", "xexample.com", "localhost"}) {
    EXPECT_EQ(get(host, kFirst).status, 404) << host;
    EXPECT_EQ(post(host, "ann@example.com").status, 404) << host;
  }
}

TEST_F(SiteTest, OutlookIsAnsweredInAnyCaseOfItsPath) {
  const Answer answer = post("autodiscover.example.com", "ann@example.com");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("<LoginName>ann@example.com</LoginName>"));
  EXPECT_EQ(site.answer({"POST", "example.com", "/Autodiscover/Autodiscover.XML", "<x/>"}).status,
            200);
  EXPECT_THAT(post("mail.example.com", "ann@example.org").body, HasSubstr("POP3"));
}

TEST_F(SiteTest, OutlookHearsWhatIsWrong) {
  EXPECT_THAT(post("example.com", "ann@example.net").body, HasSubstr("<ErrorCode>500<"));
  EXPECT_THAT(post("example.com", "ann@example.org").body, HasSubstr("<ErrorCode>500<"));
  EXPECT_THAT(post("example.com", "ann").body, HasSubstr("<ErrorCode>600<"));
  EXPECT_THAT(post("example.com",
                   "ann@example.com</EMailAddress><AcceptableResponseSchema>x"
                   "</AcceptableResponseSchema><EMailAddress>")
                  .body,
              HasSubstr("<ErrorCode>601<"));
  const std::string hostile = post("example.com", "&lt;b&gt;@example.com").body;
  EXPECT_THAT(hostile, HasSubstr("&lt;b&gt;@example.com"));
  EXPECT_THAT(hostile, Not(HasSubstr("<b>")));
}

TEST_F(SiteTest, OnlyItsOwnMethodIsKnownToAPage) {
  EXPECT_EQ(site.answer({"GET", "example.com", "/autodiscover/autodiscover.xml", {}}).allow,
            "POST");
  const Answer put = site.answer({"PUT", "example.com", kFirst, {}});
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.allow, "GET");
}

TEST_F(SiteTest, NothingElseIsThere) {
  for (const char* const target :
       {"", "/", "/metrics", "/status", "/health", "/mail/", "/mail/config-v1.1.xml/",
        "//mail/config-v1.1.xml", "/mail/../mail/config-v1.1.xml", "*",
        "http://example.com/mail/config-v1.1.xml"})
    EXPECT_EQ(get("example.com", target).status, 404) << target;
}

TEST_F(SiteTest, ProfilesAreSignedOnceAtTheStart) {
  int asked = 0;
  const auto made = Site::make(test_settings(), [&asked](const std::string& profile) {
    ++asked;
    return Result<std::string>("signed " + profile);
  });
  ASSERT_TRUE(made);
  EXPECT_EQ(asked, 2);
  const Answer answer = made->answer({"GET", "example.com", "/email.mobileconfig", {}});
  EXPECT_EQ(answer.type, "application/x-apple-aspen-config");
  EXPECT_EQ(answer.file_name, "email.mobileconfig");
  EXPECT_THAT(answer.body, testing::StartsWith("signed <?xml"));
  EXPECT_FALSE(Site::make(test_settings(), [](const std::string&) {
    return Result<std::string>(Error(Errc::kSyntax, "no"));
  }));
}

TEST_F(SiteTest, WithoutASubmissionServerThereIsNoProfile) {
  Settings settings = test_settings();
  settings.submission = settings.submissions = std::nullopt;
  const Site other = *Site::make(settings, nullptr);
  EXPECT_EQ(other.answer({"GET", "example.com", "/email.mobileconfig", {}}).status, 404);
  EXPECT_EQ(other.answer({"GET", "example.com", kFirst, {}}).status, 200);
}

}  // namespace
}  // namespace restante::autoconfig
