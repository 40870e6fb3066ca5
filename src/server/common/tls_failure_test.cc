#include "server/common/tls_failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::server {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

std::string text_of(const char* reason) {
  return tls_failure_text(Error(Errc::kSyntax, std::string("TLS handshake: ") + reason));
}

TEST(TlsFailure, KeepsTheWordsAndSaysWhatTheyMean) {
  EXPECT_THAT(text_of("unsupported protocol"), StartsWith("syntax: TLS handshake: unsupported"));
  EXPECT_THAT(text_of("unsupported protocol"), EndsWith("tls.min_version)"));
  EXPECT_THAT(text_of("tlsv1 alert unknown ca"), EndsWith("does not trust our certificate)"));
  EXPECT_THAT(text_of("sslv3 alert bad certificate"), EndsWith("trust our certificate)"));
  EXPECT_THAT(text_of("wrong version number"), EndsWith("is not TLS)"));
}

TEST(TlsFailure, LeavesTheRestAsItIs) {
  EXPECT_EQ(text_of("something new"), "syntax: TLS handshake: something new");
}

}  // namespace
}  // namespace restante::server
