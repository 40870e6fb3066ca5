// From the configuration to what the sessions are given.
#include "dial/self_signed.h"
#include "sasl/mechanism_table.h"
#include "server/common/log.h"
#include "server/common/services.h"
#include "server/start/descriptors.h"

namespace restante::server {
namespace {

bool needs_tls(const config::Config& config) {
  return std::any_of(config.listen.begin(), config.listen.end(), [](const config::Listen& listen) {
    return listen.tls != config::TlsMode::kNone;
  });
}

Result<net::TlsSettings> tls_settings(const config::Config& config) {
  net::TlsSettings settings;
  settings.min_version = config.tls.min_version;
  settings.client_ca = config.tls.client_ca;
  settings.client_crl = config.tls.client_crl;
  for (const config::Certificate& files : config.tls.certificates)
    settings.certificates.push_back({files.certificate, files.private_key});
  if (settings.certificates.empty()) {
    bool made = false;
    RESTANTE_TRY(net::CertificateFiles files,
                 net::ensure_self_signed(config.data_dir, config.hostname, made));
    if (made)
      spdlog::warn("tls certificate={} is new and self-signed: clients will warn; set [tls]",
                   files.certificate.string());
    settings.certificates.push_back(std::move(files));
  }
  return settings;
}

Status load_tls(const config::Config& config, Settings& out) {
  RESTANTE_TRY(auto files, tls_settings(config));
  out.tls_files = std::move(files);
  out.tls_stamps = files::stamps_of(files_of(out.tls_files));
  RESTANTE_CHECKED(load_certificates(out));
  spdlog::info("tls certificates={} expires=\"{}\"", out.tls_files.certificates.size(),
               out.tls->expires());
  return ok();
}

/// Can do no harm as things are configured: of exchanges and digests only those named here.
bool is_default(const sasl::MechanismInfo& mechanism, const config::Config& config) {
  if (mechanism.takes == sasl::CredentialKind::kCertificate) return !config.tls.client_ca.empty();
  const bool has_keys = config.auth.password_scheme == config::PasswordScheme::kScramSha256;
  if (mechanism.scram) return has_keys && mechanism.scram == sasl::Hash::kSha256;
  return mechanism.needs == sasl::Needs::kPrivacy;
}

/// Those that the operator names, or the default, each with its form with channel binding; a
/// token's only when somebody checks tokens.
sasl::MechanismSet make_mechanisms(const config::Config& config, Tokens tokens) {
  const std::vector<std::string>& names = config.auth.mechanisms;
  sasl::MechanismSet out;
  for (const sasl::MechanismInfo& mechanism : sasl::server_mechanisms()) {
    const bool is_named = std::find(names.begin(), names.end(), mechanism.name) != names.end();
    const bool is_wanted = names.empty() ? is_default(mechanism, config) : is_named;
    const bool takes_token = mechanism.takes == sasl::CredentialKind::kToken;
    if (is_wanted && (!takes_token || tokens == Tokens::kChecked)) out.add(mechanism.id);
  }
  return sasl::with_bound_forms(out);
}

pop3::ServerSettings make_pop3(const config::Config& config, Tokens tokens) {
  pop3::ServerSettings out;
  out.hostname = config.hostname;
  out.implementation = config.pop3.implementation;
  out.last_enabled = config.pop3.last;
  out.apop_enabled = config.pop3.apop;
  out.mechanisms = make_mechanisms(config, tokens);
  out.login_delay_seconds = static_cast<std::uint32_t>(config.pop3.login_delay.count());
  out.utf8_policy = config.pop3.utf8_mail == config::Utf8Mail::kRefuse ? pop3::Utf8Policy::kRefuse
                                                                       : pop3::Utf8Policy::kSend;
  return out;
}

smtp::BareNewlines to_smtp(config::BareNewlines setting) {
  switch (setting) {
    case config::BareNewlines::kNormalize: return smtp::BareNewlines::kNormalize;
    case config::BareNewlines::kRefuse: return smtp::BareNewlines::kRefuse;
    case config::BareNewlines::kKeep: return smtp::BareNewlines::kKeep;
  }
  return smtp::BareNewlines::kNormalize;
}

smtp::ServerSettings make_smtp(const config::Config& config, smtp::Dialect dialect) {
  smtp::ServerSettings out;
  out.dialect = dialect;
  out.hostname = config.hostname;
  out.message_bytes_max = config.limits.message_size;
  out.recipients_max = config.limits.recipients;
  out.envelope_bytes_max = config.limits.envelope_size;
  out.full_is_temporary = config.maildrop.quota_reply == 452;
  out.mistakes_max = config.limits.smtp_mistakes;
  out.bare_newlines = to_smtp(config.smtp.bare_newlines);
  out.addresses = config.smtp.addresses == config::Addresses::kStrict ? mail::Grammar::kStrict
                                                                      : mail::Grammar::kTolerant;
  return out;
}

guard::Rules make_rules(const config::Config& config) {
  const config::Limits& limits = config.limits;
  guard::Rules out;
  const DescriptorPlan plan = plan_descriptors(config);
  out.connections = plan.connections;
  out.intake_connections = plan.intake_connections;
  out.connections_per_address = limits.connections_per_address;
  out.connections_per_minute = limits.connections_per_minute;
  out.logins_per_minute = limits.logins_per_minute;
  out.account_logins_per_minute = limits.account_logins_per_minute;
  out.failed_logins = limits.failed_logins;
  out.failed_login_delay = limits.failed_login_delay;
  out.commands_per_minute = limits.commands_per_minute;
  out.bytes_per_minute = limits.bytes_per_minute;
  out.refused_recipients_per_minute = limits.refused_recipients_per_minute;
  if (limits.spool_per_address != 0)
    out.spool_per_address = std::max(limits.spool_per_address, limits.message_size);
  out.trusted = limits.trusted_networks;
  return out;
}

}  // namespace

Status load_certificates(Settings& settings) {
  RESTANTE_TRY(auto usual, net::TlsContext::load(settings.tls_files));
  std::map<TlsVersion, std::shared_ptr<const net::TlsContext>> others;
  for (const config::Listen& listen : settings.config.listen) {
    if (!listen.tls_min_version || others.contains(*listen.tls_min_version)) continue;
    net::TlsSettings files = settings.tls_files;
    files.min_version = *listen.tls_min_version;
    RESTANTE_TRY(auto context, net::TlsContext::load(files));
    others.emplace(files.min_version, std::move(context));
  }
  settings.tls = std::move(usual);
  settings.tls_by_version = std::move(others);
  return ok();
}

std::vector<std::filesystem::path> files_of(const net::TlsSettings& settings) {
  std::vector<std::filesystem::path> files;
  for (const net::CertificateFiles& pair : settings.certificates) {
    files.push_back(pair.certificate);
    files.push_back(pair.private_key);
  }
  if (!settings.client_ca.empty()) files.push_back(settings.client_ca);
  if (!settings.client_crl.empty()) files.push_back(settings.client_crl);
  return files;
}

Result<SettingsPtr> make_settings(const config::Config& config, Tokens tokens) {
  auto out = std::make_shared<Settings>();
  out->config = config;
  if (needs_tls(config)) RESTANTE_CHECKED(load_tls(config, *out));
  out->rules = make_rules(config);
  report_descriptors(config);
  out->pop3 = make_pop3(config, tokens);
  out->smtp = make_smtp(config, smtp::Dialect::kSmtp);
  out->lmtp = make_smtp(config, smtp::Dialect::kLmtp);
  return SettingsPtr(std::move(out));
}

}  // namespace restante::server
