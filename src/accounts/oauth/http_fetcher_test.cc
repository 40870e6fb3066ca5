#include <gtest/gtest.h>

#include "accounts/oauth/fetcher.h"

// Against a server: tests/e2e/test_oauth.py.
namespace restante::accounts::oauth {
namespace {

TEST(HttpFetcher, WhomItMayAsk) {
  for (const auto* good :
       {"https://id.x.test", "https://id.x.test:8443/a?b=c", "HTTPS://id.x.test/",
        "http://127.0.0.1:8080/keys", "http://[::1]/keys", "http://localhost/keys"})
    EXPECT_TRUE(is_issuer_url(good)) << good;
  for (const auto* bad :
       {"", "id.x.test", "http://id.x.test/", "http://127.0.0.2/", "http://127.0.0.1.evil.test/",
        "http://localhost@evil.test/", "https://user:pw@id.x.test/", "https://id.x.test/#x",
        "file:///etc/passwd", "ftp://id.x.test/", "gopher://localhost/", "https://", "//id.x.test",
        "https://id.x.test/ x", "ldap://localhost"})
    EXPECT_FALSE(is_issuer_url(bad)) << bad;
}

TEST(HttpFetcher, NothingElseIsAsked) {
  HttpSettings settings;
  settings.timeout = std::chrono::seconds(5);
  const auto fetcher = make_http_fetcher(settings);
  for (const auto* url : {"file:///etc/passwd", "http://192.0.2.1/", "ftp://127.0.0.1/x", ""}) {
    HttpRequest request;
    request.url = url;
    const auto refused = fetcher->fetch(request);
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, Errc::kIo) << url;
  }
}

TEST(HttpFetcher, Forms) {
  EXPECT_EQ(form_escaped(""), "");
  EXPECT_EQ(form_escaped("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(form_escaped(std::string_view("a b&=+%\0\xff", 9)), "a%20b%26%3D%2B%25%00%FF");
}

}  // namespace
}  // namespace restante::accounts::oauth
