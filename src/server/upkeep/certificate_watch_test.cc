#include "server/upkeep/certificate_watch.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <sstream>

#include "accounts/test_support.h"
#include "dial/self_signed.h"
#include "server/common/test_support.h"

namespace restante::server {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr WallTime kEnd{days(20000)};

TEST(ExpiryWarnings, BeginFourteenDaysBeforeTheEndAndComeDaily) {
  ExpiryWarnings warnings;
  EXPECT_FALSE(warnings.due(kEnd, kEnd - days(14) - hours(1)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(14)));
  EXPECT_FALSE(warnings.due(kEnd, kEnd - days(14)));
  EXPECT_FALSE(warnings.due(kEnd, kEnd - days(13) - hours(1)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(13)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd + days(1))) << "also when it has ended";
  EXPECT_FALSE(warnings.due(kEnd, kEnd + days(1) + hours(23)));
}

TEST(ExpiryWarnings, AnotherCertificateStartsAnew) {
  ExpiryWarnings warnings;
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(2)));
  EXPECT_FALSE(warnings.due(kEnd + days(90), kEnd - days(2)));
  EXPECT_TRUE(warnings.due(kEnd + days(3), kEnd - days(2)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(2)));
}

TEST(ExpiryWarnings, AClockSetBackSilencesNothing) {
  ExpiryWarnings warnings;
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(2)));
  EXPECT_TRUE(warnings.due(kEnd, kEnd - days(9)));
}

class CertificateWatchTest : public ::testing::Test {
 protected:
  CertificateWatchTest() {
    bool made = false;
    auto files = net::ensure_self_signed(dir_.path(), "mail.test", made);
    EXPECT_TRUE(files);
    auto settings = std::make_shared<Settings>();
    settings->tls_files.certificates.push_back(std::move(*files));
    settings->tls_stamps = files::stamps_of(files_of(settings->tls_files));
    auto loaded = net::TlsContext::load(settings->tls_files);
    EXPECT_TRUE(loaded);
    settings->tls = std::move(*loaded);
    holder_.set(std::move(settings));
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_)));
  }
  ~CertificateWatchTest() override { spdlog::set_default_logger(before_); }
  CertificateWatchTest(const CertificateWatchTest&) = delete;
  CertificateWatchTest& operator=(const CertificateWatchTest&) = delete;

  void write_certificate(const std::string& text) const {
    const auto file = holder_.get()->tls_files.certificates.front().certificate;
    dir_.write(file.filename().string(), text);
  }
  [[nodiscard]] std::ptrdiff_t lines() const {
    const std::string text = log_.str();
    return std::count(text.begin(), text.end(), '\n');
  }

  const accounts::TempDir dir_;
  std::ostringstream log_;
  const std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  TestServices made_;
  Services& services_ = made_.services;
  SettingsHolder holder_{std::make_shared<Settings>()};
  CertificateWatch watch_{services_, holder_};
};

TEST_F(CertificateWatchTest, AnUnchangedFileIsLeftAlone) {
  const SettingsPtr before = holder_.get();
  watch_.look();
  EXPECT_EQ(holder_.get(), before);
  EXPECT_EQ(lines(), 0) << log_.str();
}

TEST_F(CertificateWatchTest, EachStateOfFilesThatCannotBeUsedIsToldOnce) {
  const SettingsPtr before = holder_.get();
  for (const char* broken : {"no certificate", ""}) {
    log_.str({});
    write_certificate(broken);
    for (int i = 0; i < 3; ++i) watch_.look();
    EXPECT_EQ(lines(), 1) << log_.str();
    EXPECT_EQ(holder_.get(), before) << "the old certificate stays";
  }
}

}  // namespace
}  // namespace restante::server
