// libldap's side of a connection: one server, one handle; bind and search, each with a time limit,
// and the true reason when it fails. Used by one thread at a time. The only file with libldap in
// it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/ldap/entry.h"
#include "accounts/ldap/settings.h"
#include "base/result.h"

struct ldap;
struct ldapmsg;

namespace restante::accounts::ldap {

struct SearchRequest {
  std::string base;
  std::string filter;
  std::vector<std::string> attributes;  ///< Which to read; at least one.
  int entries_max = 2;
  bool must_be_whole = false;  ///< More entries, or more than the server gives, are kIo.
};

class Link {
 public:
  using Patience = std::chrono::milliseconds;  ///< For each step, and for an answer.

  /// Connected, with TLS where the settings want it. Errors: kIo, with the reason: refused, no
  /// answer, an expired certificate, ….
  static Result<std::unique_ptr<Link>> open(const Settings& settings, const std::string& uri,
                                            Patience patience);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// Simple bind. Errors: kAuth, kIo.
  Status bind(const std::string& dn, std::string_view password, Patience patience);
  /// The entries below the base. More than entries_max are cut off there, unless the request says
  /// otherwise. Errors: kIo.
  Result<std::vector<Entry>> search(const SearchRequest& request, Patience patience);

  /// Of no use any more.
  [[nodiscard]] bool broken() const { return broken_; }
  /// Broken because no answer came in time.
  [[nodiscard]] bool timed_out() const { return timed_out_; }

 private:
  enum class Trust : std::uint8_t { kChecked, kAnybody };
  struct Place {
    std::string scheme;
    std::string host;
    std::uint16_t port = 0;
  };

  Link(const Settings& settings, const std::string& uri) : settings_(settings), uri_(uri) {}
  Status connect(Patience patience);
  Status set_up(Trust trust);
  Status start_tls(Patience patience, Trust trust);
  int ask_for_tls();
  int shake_hands();
  Error tls_failure(const char* call, int code, Patience patience);
  std::string shown_certificate(Patience patience);
  void allow(Patience patience);
  [[nodiscard]] Entry read(struct ::ldapmsg* found, const SearchRequest& request) const;
  Error failure(const char* call, int code);
  [[nodiscard]] std::string words_of(int code) const;
  [[nodiscard]] std::string authorities() const;

  const Settings& settings_;  ///< Not owned; the directory's.
  const std::string uri_;
  Place place_;
  Patience patience_{};
  struct ::ldap* handle_ = nullptr;
  bool broken_ = false;
  bool timed_out_ = false;
};

}  // namespace restante::accounts::ldap
