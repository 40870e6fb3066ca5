#include "accounts/ldap/connection.h"

#include <ldap.h>

#include "accounts/password.h"

namespace restante::accounts::ldap {
namespace {

constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

timeval to_timeval(std::chrono::milliseconds time) {
  timeval out{};
  out.tv_sec = time.count() / 1000;
  out.tv_usec = time.count() % 1000 * 1000;
  return out;
}

/// What a server says of the one who binds, not of itself.
bool is_refusal(int code) {
  switch (code) {
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_INAPPROPRIATE_AUTH:
    case LDAP_NO_SUCH_OBJECT:
    case LDAP_INSUFFICIENT_ACCESS:
    case LDAP_CONSTRAINT_VIOLATION:  // 389 Directory Server: too many wrong passwords.
    case LDAP_UNWILLING_TO_PERFORM:  // The same: the account is inactive.
      return true;
    default: return false;
  }
}

/// Our own failures are negative; these are a server's that cannot go on.
bool ends_connection(int code) { return code < 0 || code == LDAP_UNAVAILABLE || code == LDAP_BUSY; }

struct MessageFree {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
using Message = std::unique_ptr<LDAPMessage, MessageFree>;

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Settings& settings) {
  std::unique_ptr<Connection> made(new Connection(settings));
  if (const int code = ldap_initialize(&made->handle_, settings.uri.c_str()); code != LDAP_SUCCESS)
    return Error(Errc::kSyntax, settings.uri + ": " + ldap_err2string(code));
  RESTANTE_CHECKED(made->prepare());
  return made;
}

Connection::~Connection() {
  if (handle_ != nullptr) ldap_unbind_ext_s(handle_, nullptr, nullptr);
}

Status Connection::prepare() {
  const int version = LDAP_VERSION3;
  const timeval timeout = to_timeval(settings_.timeout);
  const int demand = LDAP_OPT_X_TLS_DEMAND;
  const int tls_min = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
  const int is_server = 0;
  const std::string ca_file =
      settings_.ca_file.empty() ? kSystemAuthorities : settings_.ca_file.string();
  // All of them, so that neither ldap.conf nor the environment decides. A referral would take the
  // password to a server that nobody named.
  const bool set =
      ldap_set_option(handle_, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_RESTART, LDAP_OPT_ON) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_NETWORK_TIMEOUT, &timeout) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_TIMEOUT, &timeout) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_X_TLS_PROTOCOL_MIN, &tls_min) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_X_TLS_CACERTFILE, ca_file.c_str()) == LDAP_OPT_SUCCESS &&
      ldap_set_option(handle_, LDAP_OPT_X_TLS_NEWCTX, &is_server) == LDAP_OPT_SUCCESS;
  if (!set) return Error(Errc::kIo, settings_.uri + ": TLS cannot be set up with " + ca_file);
  if (!settings_.start_tls) return ok();
  const int code = ldap_start_tls_s(handle_, nullptr, nullptr);
  return code == LDAP_SUCCESS ? ok() : failure("StartTLS", code);
}

Status Connection::bind(const std::string& dn, std::string_view password) {
  if (password.empty() != dn.empty()) return Error(Errc::kAuth, "an empty password");
  std::string secret(password);
  berval credentials{};
  credentials.bv_len = secret.size();
  credentials.bv_val = secret.data();
  const int code = ldap_sasl_bind_s(handle_, dn.c_str(), LDAP_SASL_SIMPLE, &credentials, nullptr,
                                    nullptr, nullptr);
  wipe(secret);
  if (code == LDAP_SUCCESS) return ok();
  if (is_refusal(code)) return Error(Errc::kAuth, std::string("bind: ") + ldap_err2string(code));
  return failure("bind", code);
}

Result<std::vector<Entry>> Connection::search(const SearchRequest& request) {
  std::string first = request.attribute;
  std::string second = request.second_attribute;
  std::array<char*, 3> attributes{first.data(), second.empty() ? nullptr : second.data(), nullptr};
  timeval timeout = to_timeval(settings_.timeout);
  LDAPMessage* found = nullptr;
  const int code = ldap_search_ext_s(handle_, request.base.c_str(), LDAP_SCOPE_SUBTREE,
                                     request.filter.c_str(), attributes.data(), 0, nullptr, nullptr,
                                     &timeout, request.entries_max, &found);
  const Message message(found);
  const bool enough = code == LDAP_SUCCESS || code == LDAP_SIZELIMIT_EXCEEDED;
  if (!enough) return failure("search", code);
  std::vector<Entry> entries;
  for (LDAPMessage* at = ldap_first_entry(handle_, found); at != nullptr;
       at = ldap_next_entry(handle_, at)) {
    Entry entry;
    char* const dn = ldap_get_dn(handle_, at);
    if (dn != nullptr) entry.dn = dn;
    ldap_memfree(dn);
    entry.values = values_of(at, first);
    if (!second.empty()) entry.second_values = values_of(at, second);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<std::string> Connection::values_of(struct ::ldapmsg* entry,
                                               const std::string& name) const {
  std::vector<std::string> out;
  berval** const values = ldap_get_values_len(handle_, entry, name.c_str());
  for (berval** at = values; at != nullptr && *at != nullptr; ++at)
    out.emplace_back((*at)->bv_val, (*at)->bv_len);
  ldap_value_free_len(values);
  return out;
}

Error Connection::failure(const char* call, int code) {
  broken_ = ends_connection(code);
  timed_out_ = code == LDAP_TIMEOUT;
  std::string text = settings_.uri + ": " + call + ": " + ldap_err2string(code);
  char* more = nullptr;
  ldap_get_option(handle_, LDAP_OPT_DIAGNOSTIC_MESSAGE, &more);
  if (more != nullptr && *more != '\0') text += std::string(" (") + more + ")";
  ldap_memfree(more);
  return Error(Errc::kIo, std::move(text));
}

}  // namespace restante::accounts::ldap
