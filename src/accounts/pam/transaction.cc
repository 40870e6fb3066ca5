#include "accounts/pam/transaction.h"

#include <security/pam_appl.h>

#include <cstdlib>
#include <cstring>

#include "base/leftovers.h"
#include "base/secret_string.h"

namespace restante::accounts::pam {
namespace {

/// The words that the conversation may say.
struct Answers {
  std::string password;
  bool given = false;
};

void free_replies(pam_response* replies, int count) {
  for (int i = 0; i < count; ++i) {
    if (replies[i].resp == nullptr) continue;
    explicit_bzero(replies[i].resp, std::strlen(replies[i].resp));
    std::free(replies[i].resp);  // libpam's contract: replies come from malloc().
  }
  std::free(replies);
}

/// Called by modules, through C: an exception must not leave it.
int converse(int count, const pam_message** messages, pam_response** out, void* data) {
  auto& answers = *static_cast<Answers*>(data);
  if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
  auto* const replies = static_cast<pam_response*>(
      std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  if (replies == nullptr) return PAM_BUF_ERR;
  for (int i = 0; i < count; ++i) {
    const int style = messages[i]->msg_style;
    if (style == PAM_TEXT_INFO || style == PAM_ERROR_MSG) continue;
    // A second question (a one-time code, a new password) is one that POP3 cannot ask.
    // Once: what modules ask first is the password.
    if (style == PAM_PROMPT_ECHO_OFF && !answers.given)
      replies[i].resp = ::strdup(answers.password.c_str());
    answers.given = true;
    if (replies[i].resp != nullptr) continue;
    free_replies(replies, count);
    return PAM_CONV_ERR;
  }
  *out = replies;
  return PAM_SUCCESS;
}

/// The delay after a failure is a limit of ours, not a thread that sleeps.
void no_delay(int /*status*/, unsigned /*microseconds*/, void* /*data*/) {}

bool is_refusal(int code) {
  switch (code) {
    case PAM_AUTH_ERR:
    case PAM_USER_UNKNOWN:
    case PAM_MAXTRIES:
    case PAM_PERM_DENIED:
    case PAM_ACCT_EXPIRED:
    case PAM_NEW_AUTHTOK_REQD:
    case PAM_AUTHTOK_EXPIRED:
    case PAM_CRED_EXPIRED: return true;
    default: return false;
  }
}

/// A handle that is ended with the last code, as modules expect.
class Transaction {
 public:
  // No user name is asked for: it is given here.
  Transaction(const Settings& settings, const std::string& user, Answers& answers)
      : conversation_{converse, &answers} {
    const char* const folder =
        settings.service_dir.empty() ? nullptr : settings.service_dir.c_str();
    code_ =
        pam_start_confdir(settings.service.c_str(), user.c_str(), &conversation_, folder, &handle_);
  }
  ~Transaction() {
    if (handle_ != nullptr) pam_end(handle_, code_);
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void set(int item, const void* value) {
    if (code_ == PAM_SUCCESS) code_ = pam_set_item(handle_, item, value);
  }
  void run(int (*step)(pam_handle_t*, int)) {
    // An account without a password is a mistake, and must not be open to the world.
    if (code_ == PAM_SUCCESS) code_ = step(handle_, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
  }
  [[nodiscard]] int code() const { return code_; }
  [[nodiscard]] std::string words() const { return pam_strerror(handle_, code_); }

 private:
  const pam_conv conversation_;
  pam_handle_t* handle_ = nullptr;
  int code_ = PAM_SUCCESS;
};

}  // namespace

Status authenticate(const Settings& settings, const std::string& user, std::string_view password,
                    std::string_view peer) {
  // PAM takes C strings: octets behind a NUL would not count, and another password would fit.
  if (password.empty() || password.find('\0') != std::string_view::npos)
    return Error(Errc::kAuth, "not a possible password");
  Answers answers{std::string(password)};
  const std::string host(peer);
  Transaction transaction(settings, user, answers);
  transaction.set(PAM_FAIL_DELAY, reinterpret_cast<const void*>(&no_delay));
  // Modules such as pam_faillock and pam_access go by the client's address.
  if (!host.empty()) transaction.set(PAM_RHOST, host.c_str());
  transaction.run(pam_authenticate);
  // Also after a right password: the account may be expired, or barred at this hour.
  transaction.run(pam_acct_mgmt);
  wipe(answers.password);
  wipe_stack();
  if (transaction.code() == PAM_SUCCESS) return ok();
  const std::string why = "PAM service " + settings.service + ": " + transaction.words();
  return Error(is_refusal(transaction.code()) ? Errc::kAuth : Errc::kIo, why);
}

}  // namespace restante::accounts::pam
