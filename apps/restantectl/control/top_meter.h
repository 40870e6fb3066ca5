// What the server answers each second, made into rates and into the accounts that move the most.
// Pure.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace restante::ctl {

/// An account of which a session is open, or was.
struct BusyAccount {
  std::string account;
  std::uint64_t sessions = 0;  ///< Open now.
  double octets_a_second = 0;
  std::uint64_t octets = 0;    ///< Since the first look.
  std::uint64_t messages = 0;  ///< The same.
  std::string from;            ///< Of the session that was seen last.
};

struct TopFrame {
  std::uint64_t connections = 0;
  std::uint64_t sessions = 0;
  std::map<std::string, double> rates;  ///< By the counter's name, a second; empty at first.
  std::vector<BusyAccount> accounts;    ///< The busiest first.

  [[nodiscard]] double rate(std::string_view counter) const;
};

/// As an object, for programs.
boost::json::object to_object(const TopFrame& frame);

class TopMeter {
 public:
  /// An answer to `top`, in the order of their times.
  void take(const boost::json::object& answer);
  [[nodiscard]] TopFrame frame(std::size_t accounts_max) const;

 private:
  struct Moved {
    std::uint64_t octets = 0;
    std::uint64_t messages = 0;
  };
  struct Account {
    Moved total;
    std::uint64_t octets_lately = 0;
    std::uint64_t sessions = 0;
    std::string from;
  };
  void take_sessions(const std::vector<boost::json::object>& sessions);
  void forget_some();

  std::uint64_t connections_ = 0;
  std::uint64_t sessions_ = 0;
  std::uint64_t milliseconds_ = 0;
  double seconds_ = 0;  // Between the last two answers; 0: there was one.
  std::map<std::string, std::uint64_t> counters_;
  std::map<std::string, double> rates_;
  std::map<std::string, Moved> seen_;  // By the session's id.
  std::map<std::string, Account> accounts_;
};

}  // namespace restante::ctl
