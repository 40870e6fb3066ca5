// Every text that a person may read in a reply, in every language that LANG offers. The texts are
// ASCII in all of them, so that they suit clients without UTF8, too (RFC 6856 s.3). What programs
// read (status, response codes, numbers) is not here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace restante::pop3 {

/// kDefault is RFC 2277 s.4.5's i-default: for a client that has chosen nothing, in words that an
/// English reader understands.
enum class Language : std::uint8_t { kEnglish, kGerman, kDefault };

enum class Text : std::uint8_t {
  kReady,
  kCapabilities,
  kMechanisms,
  kLanguages,
  kLanguageSet,
  kUnknownLanguage,
  kUtf8On,
  kStartTls,
  kSendPassword,
  kLoggedIn,
  kMessages,
  kOctets,
  kUniqueIds,
  kMarkedDeleted,
  kNothingDone,
  kMarksRemoved,
  kGoodbye,
  kNoSuchMessage,
  kAlreadyDeleted,
  kUnknownCommand,
  kBadArguments,
  kBadLine,
  kLineTooLong,
  kNotLoggedIn,
  kLoggedInAlready,
  kUserFirst,
  kNeedsTls,
  kUnknownMechanism,
  kCancelled,
  kBadExchange,
  kNoTls,
  kTlsAlready,
  kNoTlsAfterUtf8,
  kWrongCredentials,
  kInUse,
  kTooSoon,
  kTryLater,
  kBeingMoved,
  kTooManyViews,
  kAskAdministrator,
  kMessageUnavailable,
  kMessageDamaged,
  kNeedsUtf8,
  kNotRemoved,
  kTooManyErrors,
  kClientNamed,
  kNotAProxy,
  kCount,  ///< Not a text.
};

/// In the language given; ASCII, without CR or LF, at most 100 characters.
std::string_view text(Text id, Language language);

struct LanguageInfo {
  Language language{};
  std::string_view tag;   ///< RFC 5646.
  std::string_view name;  ///< In the language itself.
};

/// All of them; the first is the default.
std::span<const LanguageInfo> languages();
const LanguageInfo& info(Language language);

/// The language that a basic language range asks for: by lookup, so that "de-AT" finds "de"; "*" is
/// the default (RFC 4647 s.3.4, RFC 6856 s.3). std::nullopt: none of ours.
std::optional<Language> find_language(std::string_view range);

}  // namespace restante::pop3
