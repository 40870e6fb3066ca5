#include "net/certificate_identity.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/ascii.h"

namespace restante::net {
namespace {

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

void add(std::string_view text, std::vector<std::string>& out) {
  // What is no text names no account, and a control character must reach no line of a log.
  if (text.empty() || !is_utf8(text) || std::any_of(text.begin(), text.end(), is_control)) return;
  out.emplace_back(text);
}

std::string_view view(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

void add_common_names(const X509& certificate, std::vector<std::string>& out) {
  const X509_NAME* subject = X509_get_subject_name(&certificate);
  int place = -1;
  // A subject may have several common names, and nothing tells which is the user's: each counts.
  while ((place = X509_NAME_get_index_by_NID(subject, NID_commonName, place)) >= 0) {
    unsigned char* text = nullptr;
    const int size =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)));
    if (size < 0) continue;
    add({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)}, out);
    OPENSSL_free(text);
  }
}

}  // namespace

std::vector<std::string> identities_of(const X509& certificate) {
  std::vector<std::string> out;
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  bool has_address = false;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_EMAIL) continue;
    has_address = true;
    add(view(name->d.rfc822Name), out);
  }
  // Also when its addresses are of no use: the issuer meant those, not the subject.
  if (!has_address) add_common_names(certificate, out);
  return out;
}

}  // namespace restante::net
