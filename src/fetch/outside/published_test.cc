#include "fetch/outside/published.h"

#include <gmock/gmock.h>

#include <map>

namespace restante::fetch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kFirst =
    "https://autoconfig.example.com/mail/config-v1.1.xml?emailaddress=a%2Bb%40Example.com";
const std::string kSecond = "https://example.com/.well-known/autoconfig/mail/config-v1.1.xml";

std::string config(const std::string& host) {
  return "<clientConfig><emailProvider><incomingServer type=\"pop3\"><hostname>" + host +
         "</hostname><port>995</port><socketType>SSL</socketType></incomingServer>"
         "</emailProvider></clientConfig>";
}

class PublishedTest : public testing::Test {
 protected:
  Published find(const std::string& address = "a+b@Example.com") {
    return published_servers(address, [this](const std::string& url) {
      asked.push_back(url);
      const auto found = pages.find(url);
      return found == pages.end() ? Result<std::string>(Error(Errc::kNotFound, "")) : found->second;
    });
  }
  std::map<std::string, Result<std::string>> pages;
  std::vector<std::string> asked;
};

TEST_F(PublishedTest, TheNameOfItsOwnIsAskedFirst) {
  pages.emplace(kFirst, config("one.example.net"));
  pages.emplace(kSecond, config("two.example.net"));
  const Published found = find();
  ASSERT_THAT(found.servers, SizeIs(1));
  EXPECT_EQ(found.servers[0].server.host, "one.example.net");
  EXPECT_EQ(found.url, "https://autoconfig.example.com/mail/config-v1.1.xml")
      << "what is shown has no address in it";
  EXPECT_THAT(asked, ElementsAre(kFirst));
}

TEST_F(PublishedTest, ThenTheDomainItself) {
  pages.emplace(kSecond, config("two.example.net"));
  EXPECT_EQ(find().servers.at(0).server.host, "two.example.net");
  EXPECT_THAT(asked, ElementsAre(kFirst, kSecond));
}

TEST_F(PublishedTest, WhatIsOfNoUseIsToldAndPassedBy) {
  pages.emplace(kFirst, Result<std::string>(Error(Errc::kIo, "certificate")));
  pages.emplace(kSecond, "<html>");
  const Published found = find();
  EXPECT_THAT(found.servers, IsEmpty());
  EXPECT_EQ(found.url, "");
  EXPECT_THAT(found.troubles, SizeIs(2));
  EXPECT_EQ(found.troubles.at(0),
            "https://autoconfig.example.com/mail/config-v1.1.xml: certificate");
  pages.clear();
  EXPECT_THAT(find().troubles, IsEmpty()) << "most domains have none";
}

TEST_F(PublishedTest, AnInterruptionEndsIt) {
  pages.emplace(kFirst, Result<std::string>(Error(Errc::kState, "interrupted")));
  find();
  EXPECT_THAT(asked, SizeIs(1));
}

TEST_F(PublishedTest, NoUrlIsMadeOfWhatIsNoDomain) {
  for (const char* const address : {"a@", "a@b/c", "a@b:1", "a@-b", "a@.b", "a@b c", "a@b?x",
                                    "a@b#x", "a@[127.0.0.1]", "a@b%41", "a@\xc3\xa9.b"})
    EXPECT_THAT(find(address).servers, IsEmpty()) << address;
  EXPECT_THAT(asked, IsEmpty());
}

}  // namespace
}  // namespace restante::fetch
