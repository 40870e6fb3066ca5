// Dovecot's pop3_uidl_format: how Dovecot makes a message's unique id for POP3. Of 2.3 and older
// ("%08Xu%08Xv"), with the modifiers that change text, and of 2.4 ("%{uid | hex(8)}").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace restante::migrate {

/// Dovecot's own default since 1.0.
inline constexpr std::string_view kDefaultUidlFormat = "%08Xu%08Xv";

/// The values that a format can name.
struct UidlValues {
  std::uint32_t uid = 0;           ///< %u; 0: the message has none yet.
  std::uint32_t uid_validity = 0;  ///< %v
  std::string file_name{};         ///< %f: without what stands behind ":". Maildir only.
  std::string guid{};              ///< %g
  std::string header_md5{};        ///< %m: mbox only.
};

class UidlFormat {
 public:
  /// Errors: kSyntax; the detail names the part that is not known.
  static Result<UidlFormat> parse(std::string_view text);

  [[nodiscard]] std::string expand(const UidlValues& values) const;
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Whether it can only be expanded for a message that has a number at the old server.
  [[nodiscard]] bool needs_uid() const { return names('u') || names('v'); }
  /// Whether the variable stands in it: 'u', 'v', 'f', 'g' or 'm'.
  [[nodiscard]] bool names(char variable) const;

 private:
  struct Part {
    std::string literal{};  ///< Where `variable` is 0.
    char variable = 0;
    std::string modifiers{};  ///< Of X, L, U, R, M; in this order.
    std::uint32_t offset = 0;
    std::uint32_t width = 0;  ///< 0: all of it.
    bool pads = false;        ///< With zeros to the width, and cuts nothing.
  };
  class Parser;

  static std::string value_of(const Part& part, const UidlValues& values);

  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace restante::migrate
