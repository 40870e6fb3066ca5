// From the configuration to what the sessions are given.
#include "dial/self_signed.h"
#include "sasl/mechanism_table.h"
#include "server/autoconfig/page.h"
#include "server/common/log.h"
#include "server/common/services.h"
#include "server/start/descriptors.h"

namespace restante::server {
namespace {

bool needs_tls(const settings::Config& config) {
  return std::any_of(
      config.listen.begin(), config.listen.end(),
      [](const settings::Listen& listen) { return listen.tls != settings::TlsMode::kNone; });
}

Result<net::TlsSettings> tls_settings(const settings::Config& config) {
  net::TlsSettings settings = config.tls;
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

Status load_tls(const settings::Config& config, Settings& out) {
  RESTANTE_TRY(auto files, tls_settings(config));
  out.tls_files = std::move(files);
  out.tls_stamps = files::stamps_of(files_of(out.tls_files));
  RESTANTE_CHECKED(load_certificates(out));
  spdlog::info("tls certificates={} expires=\"{}\"", out.tls_files.certificates.size(),
               out.tls->expires());
  return ok();
}

/// Whether it can do no harm with this configuration. SCRAM and digests are no default, but for the
/// one that the stored secrets are made for.
bool is_default(const sasl::MechanismInfo& mechanism, const settings::Config& config) {
  if (mechanism.takes == sasl::CredentialKind::kCertificate) return !config.tls.client_ca.empty();
  const bool has_keys = config.auth.secrets.scheme == accounts::NewScheme::kScramSha256;
  if (mechanism.scram) return has_keys && mechanism.scram == sasl::Hash::kSha256;
  return mechanism.needs == sasl::Needs::kPrivacy;
}

/// Those that the operator names, or the default, each with its form with channel binding; a
/// token's only when tokens can be checked.
sasl::MechanismSet make_mechanisms(const settings::Config& config, Tokens tokens) {
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

pop3::ServerSettings make_pop3(const settings::Config& config, Tokens tokens) {
  pop3::ServerSettings out = config.pop3.session;
  out.hostname = config.hostname;
  out.mechanisms = make_mechanisms(config, tokens);
  out.login_delay_seconds = static_cast<std::uint32_t>(config.pop3.login_delay.count());
  return out;
}

smtp::ServerSettings make_smtp(const settings::Config& config, smtp::Dialect dialect) {
  smtp::ServerSettings out = config.smtp;
  out.dialect = dialect;
  out.hostname = config.hostname;
  out.full_is_temporary = config.maildrop.quota_reply == 452;
  return out;
}

guard::Rules make_rules(const settings::Config& config) {
  guard::Rules out = config.guard;
  const DescriptorPlan plan = plan_descriptors(config);
  out.connections = plan.connections;
  out.intake_connections = plan.intake_connections;
  // Less than one mail of the largest size would refuse that mail for ever.
  if (out.spool_per_address != 0)
    out.spool_per_address = std::max(out.spool_per_address, config.smtp.message_bytes_max);
  return out;
}

}  // namespace

Status load_certificates(Settings& settings) {
  RESTANTE_TRY(auto usual, net::TlsContext::load(settings.tls_files));
  std::map<TlsVersion, std::shared_ptr<const net::TlsContext>> others;
  for (const settings::Listen& listen : settings.config.listen) {
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

Result<SettingsPtr> make_settings(const settings::Config& config, Tokens tokens) {
  auto out = std::make_shared<Settings>();
  out->config = config;
  if (needs_tls(config)) RESTANTE_CHECKED(load_tls(config, *out));
  out->rules = make_rules(config);
  report_descriptors(config);
  out->pop3 = make_pop3(config, tokens);
  out->smtp = make_smtp(config, smtp::Dialect::kSmtp);
  out->lmtp = make_smtp(config, smtp::Dialect::kLmtp);
  RESTANTE_TRY(auto site, make_site(config.autoconfig));
  out->autoconfig = std::move(site);
  for (const settings::Listen& listen : config.listen) {
    if (listen.token_file.empty()) continue;
    RESTANTE_TRY(auto token, settings::PageToken::read(listen.token_file));
    out->page_tokens.emplace(listen.token_file, std::move(token));
  }
  return SettingsPtr(std::move(out));
}

}  // namespace restante::server
