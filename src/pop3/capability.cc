#include "pop3/capability.h"

#include <algorithm>

namespace restante::pop3 {
namespace {

bool usable(const sasl::MechanismInfo& mechanism, const SharedState& context) {
  return is_known(mechanism, context) &&
         (mechanism.needs != sasl::Needs::kPrivacy || context.channel.plaintext_allowed);
}

void add_login_capabilities(SharedState& context) {
  // Only what works now: some clients take a line of CAPA for an offer and fail at its refusal.
  const Channel& channel = context.channel;
  Replies& replies = context.replies;
  if (channel.plaintext_allowed) replies.add("USER\r\n");  // RFC 2449 s.6.2
  if (offers_mechanisms(context)) {                        // RFC 5034 s.3
    replies.add("SASL");
    add_mechanisms(context, " ", "");
    replies.end_line();
  }
  if (channel.stls_available && !channel.tls) replies.add("STLS\r\n");  // RFC 2595 s.4
  // RFC 6856 s.2.2: with the argument when names and passwords in USER and PASS may be UTF-8.
  replies.add(channel.plaintext_allowed ? "UTF8 USER\r\n" : "UTF8\r\n");
}

/// RFC 2449 s.6.7.
void add_expire(const Expire& expire, Replies& replies) {
  replies.add("EXPIRE ");
  if (expire.days)
    replies.add(std::uint64_t{*expire.days});
  else
    replies.add("NEVER");
  if (expire.per_user) replies.add(" USER");
  replies.end_line();
}

void add_policy_capabilities(SharedState& context) {
  const ServerSettings& settings = context.settings;
  Replies& replies = context.replies;
  if (context.expire.is_said) add_expire(context.expire, replies);
  if (settings.login_delay_seconds != 0)  // RFC 2449 s.6.5
    replies.add("LOGIN-DELAY ").add(std::uint64_t{settings.login_delay_seconds}).end_line();
}

}  // namespace

void reply_greeting(SharedState& context) {
  const ServerSettings& settings = context.settings;
  Replies& replies = context.replies.begin_ok();
  if (context.channel.may_name_client) replies.add("[XCLIENT] ");  // Dovecot looks for it there.
  replies.add(settings.hostname).add(" ").add(Text::kReady);
  if (settings.apop_enabled) replies.add(" ").add(settings.apop_timestamp);
  replies.end_line();
}

void reply_capabilities(SharedState& context) {
  Replies& replies = context.replies;
  replies.ok(Text::kCapabilities);
  // These hold before a login and after it alike.
  replies.add("TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nLANG\r\n");
  add_login_capabilities(context);
  add_policy_capabilities(context);
  if (context.channel.may_name_client) replies.add("XCLIENT\r\n");
  if (!context.settings.implementation.empty())  // RFC 2449 s.6.9
    replies.add("IMPLEMENTATION ").add(context.settings.implementation).end_line();
  replies.end_list();
}

void reply_languages(Replies& replies) {
  replies.ok(Text::kLanguages);
  for (const LanguageInfo& known : languages())
    replies.add(known.tag).add(" ").add(known.name).end_line();
  replies.end_list();
}

void add_mechanisms(SharedState& context, std::string_view before, std::string_view after) {
  for (const sasl::MechanismInfo& mechanism : sasl::server_mechanisms())
    if (usable(mechanism, context)) context.replies.add(before).add(mechanism.name).add(after);
}

bool offers_mechanisms(const SharedState& context) {
  const auto all = sasl::server_mechanisms();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return usable(one, context); });
}

bool offers_binding(const SharedState& context) {
  const auto all = sasl::server_mechanisms();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) {
    return one.needs == sasl::Needs::kBinding && usable(one, context);
  });
}

bool is_known(const sasl::MechanismInfo& mechanism, const SharedState& context) {
  if (!context.settings.mechanisms.has(mechanism.id)) return false;
  switch (mechanism.needs) {
    case sasl::Needs::kNothing:
    case sasl::Needs::kPrivacy: return true;
    // Without a binding there is nothing to bind in, and a client that supports it must be able to
    // see that from the list.
    case sasl::Needs::kBinding: return !context.channel.bindings.empty();
    case sasl::Needs::kCertificate: return context.channel.client_certificate;
  }
  return false;
}

void reply_to_lang(Replies& replies, std::optional<std::string_view> tag) {
  if (!tag) return reply_languages(replies);
  const auto language = find_language(*tag);
  if (!language) return replies.error(Text::kUnknownLanguage);
  replies.set_language(*language);
  // In the new language already (RFC 6856 s.3).
  replies.begin_ok().add(info(*language).tag).add(" ").add(Text::kLanguageSet).end_line();
}

}  // namespace restante::pop3
