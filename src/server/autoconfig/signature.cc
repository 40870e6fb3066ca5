#include "server/autoconfig/signature.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>

#include "files/file.h"

namespace restante::server {
namespace {

constexpr std::size_t kFileBytesMax = 1U << 20;

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(CMS_ContentInfo* cms) const { CMS_ContentInfo_free(cms); }
  void operator()(STACK_OF(X509) * chain) const { sk_X509_pop_free(chain, X509_free); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Error failed(std::string_view what) {
  ERR_clear_error();
  return Error(Errc::kSyntax, std::string(what));
}

Owned<BIO> memory_of(const std::string& bytes) {
  return Owned<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

/// Without a terminal no passphrase can be asked for.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*for_writing*/, void* /*data*/) { return 0; }

struct Chain {
  Owned<X509> own;
  Owned<STACK_OF(X509)> others;
};

Result<Chain> read_chain(const std::filesystem::path& path) {
  RESTANTE_TRY(const std::string text, files::read_file(path, kFileBytesMax));
  const auto bio = memory_of(text);
  Chain chain{Owned<X509>(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)),
              Owned<STACK_OF(X509)>(sk_X509_new_null())};
  if (!chain.own || !chain.others) return failed(path.string() + ": is no PEM certificate");
  for (;;) {
    Owned<X509> next(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
    if (!next) break;
    if (sk_X509_push(chain.others.get(), next.get()) == 0) return failed("no memory");
    static_cast<void>(next.release());
  }
  ERR_clear_error();  // The end of the file is one.
  return chain;
}

Result<Owned<EVP_PKEY>> read_key(const std::filesystem::path& path) {
  RESTANTE_TRY(std::string text, files::read_file(path, kFileBytesMax));
  const auto bio = memory_of(text);
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  OPENSSL_cleanse(text.data(), text.size());
  if (!key) return failed(path.string() + ": is no PEM key without a passphrase");
  return key;
}

}  // namespace

Result<std::string> sign_profile(const std::string& profile,
                                 const std::filesystem::path& certificate,
                                 const std::filesystem::path& key) {
  RESTANTE_TRY(const Chain chain, read_chain(certificate));
  RESTANTE_TRY(const Owned<EVP_PKEY> own_key, read_key(key));
  if (X509_check_private_key(chain.own.get(), own_key.get()) != 1)
    return failed(key.string() + ": is not the key of " + certificate.string());
  const auto content = memory_of(profile);
  const Owned<CMS_ContentInfo> cms(CMS_sign(chain.own.get(), own_key.get(), chain.others.get(),
                                            content.get(), CMS_BINARY | CMS_NOSMIMECAP));
  const Owned<BIO> out(BIO_new(BIO_s_mem()));
  if (!cms || !out || i2d_CMS_bio(out.get(), cms.get()) != 1)
    return failed(certificate.string() + ": cannot sign a profile");
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

}  // namespace restante::server
