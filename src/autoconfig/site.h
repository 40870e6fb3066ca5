// The pages of autoconfig: from a request to an answer. They name servers and no account, and say
// the same for each name of a domain, so strangers do not learn which accounts there are. All but
// Outlook's answer is made at the start. Pure; knows no HTTP library, no socket and no directory.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "autoconfig/offer.h"
#include "base/result.h"

namespace restante::autoconfig {

/// The longest body of a request.
inline constexpr std::size_t kBodyBytesMax = 64U << 10;

struct Request {
  std::string_view method;
  std::string_view host;    ///< The Host field, with a port or without.
  std::string_view target;  ///< "/mail/config-v1.1.xml?emailaddress=…".
  std::string_view body;
};

struct Answer {
  int status = 404;
  std::string_view type = "text/plain; charset=utf-8";
  std::string body;
  std::string_view allow{};      ///< With 405: the method that is known.
  std::string_view file_name{};  ///< Under which a browser saves it; empty: none.
};

/// Signs a profile of Apple's. Errors: its own.
using Sign = std::function<Result<std::string>(const std::string& profile)>;

class Site {
 public:
  /// `sign` may be empty. Errors: those of `sign`.
  static Result<Site> make(const Settings& settings, const Sign& sign);

  /// Host has to be a domain, autoconfig. or autodiscover. before one, or the server's own name,
  /// where the domain is that of the address in the request; 404 otherwise.
  [[nodiscard]] Answer answer(const Request& request) const;

 private:
  struct Domain {
    Offer offer;
    std::string thunderbird;
    std::string apple;  ///< Empty: there is none.
  };

  explicit Site(std::string hostname) : hostname_(std::move(hostname)) {}
  [[nodiscard]] const Domain* find(std::string_view host, std::string_view address) const;
  [[nodiscard]] const Domain* find_domain(const std::string& name) const;
  [[nodiscard]] Answer answer_outlook(const Request& request) const;

  std::string hostname_;
  std::map<std::string, Domain> domains_;
};

}  // namespace restante::autoconfig
