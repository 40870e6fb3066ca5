#include "server/autoconfig/signature.h"

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/cms.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "dial/self_signed.h"

namespace restante::server {
namespace {

class SignatureTest : public testing::Test {
 protected:
  SignatureTest() {
    if (mkdtemp(folder_.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
  }
  ~SignatureTest() override { std::filesystem::remove_all(folder_); }

  /// A pair of its own.
  net::CertificateFiles pair(const std::string& name) {
    const std::filesystem::path folder = std::filesystem::path(folder_) / name;
    std::filesystem::create_directory(folder);
    bool made = false;
    return *net::ensure_self_signed(folder, name, made);
  }

  std::string folder_ = testing::TempDir() + "restante_signature_XXXXXX";
};

/// What is inside, if the signature fits; the certificate's issuer does not matter.
std::string verified(const std::string& der) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(
      BIO_new_mem_buf(der.data(), static_cast<int>(der.size())), BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  const std::unique_ptr<CMS_ContentInfo, decltype(&CMS_ContentInfo_free)> cms(
      d2i_CMS_bio(in.get(), nullptr), CMS_ContentInfo_free);
  if (!cms || CMS_verify(cms.get(), nullptr, nullptr, nullptr, out.get(),
                         CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1)
    return "not verified";
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

TEST_F(SignatureTest, HasTheProfileInsideAndFits) {
  const auto files = pair("a.test");
  const std::string profile = "<plist>\r\nx\n</plist>\n";
  const auto done = sign_profile(profile, files.certificate, files.private_key);
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(verified(*done), profile) << "octet for octet";
  std::string changed = *done;
  changed[changed.find("plist")] = 'q';
  EXPECT_EQ(verified(changed), "not verified");
}

TEST_F(SignatureTest, SaysWhatIsWrongWithItsFiles) {
  const auto files = pair("a.test");
  const auto others = pair("b.test");
  EXPECT_EQ(sign_profile("x", files.certificate, others.private_key).error().code, Errc::kSyntax);
  EXPECT_EQ(sign_profile("x", files.private_key, files.private_key).error().code, Errc::kSyntax);
  EXPECT_EQ(sign_profile("x", files.certificate, files.certificate).error().code, Errc::kSyntax);
  EXPECT_FALSE(sign_profile("x", folder_ + "/none", files.private_key));
}

}  // namespace
}  // namespace restante::server
