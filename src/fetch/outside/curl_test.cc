#include "fetch/outside/curl.h"

#include <gtest/gtest.h>

#include "fetch/outside/curl_loaded.h"

namespace restante::fetch {
namespace {

TEST(Curl, IsLoadedWhenAHandleIsAskedFor) {
  EXPECT_EQ(curl_failure(), "");
  const auto curl = new_curl();
  ASSERT_TRUE(curl) << curl.error().message();
  EXPECT_STREQ(curl_easy_strerror(CURLE_OK), "No error");
}

TEST(Curl, SpeaksNothingButHttps) {
  const auto curl = new_curl();
  ASSERT_TRUE(curl);
  for (const char* const url : {"file:///etc/passwd", "ftp://127.0.0.1/", "smtp://127.0.0.1/"}) {
    set_http_safety(curl->get(), url, "");
    EXPECT_EQ(curl_easy_perform(curl->get()), CURLE_UNSUPPORTED_PROTOCOL) << url;
  }
  // Certificates do not matter: no server listens.
  set_http_safety(curl->get(), "https://127.0.0.1:1/", "");
  EXPECT_EQ(curl_easy_perform(curl->get()), CURLE_COULDNT_CONNECT);
  long none = -1;
  EXPECT_EQ(curl_easy_getinfo(curl->get(), CURLINFO_RESPONSE_CODE, &none), CURLE_OK);
  EXPECT_EQ(none, 0);
}

}  // namespace
}  // namespace restante::fetch
