#include "accounts/passwd_file/contents.h"

#include <limits>

#include "accounts/names/idna.h"
#include "accounts/passwd_file/passwd_line.h"
#include "files/file.h"

namespace restante::accounts::passwd_file {
namespace {

Result<std::string> read_whole(const std::filesystem::path& path) {
  // As large as it is: it is the operator's own.
  auto text = files::read_file(path, std::numeric_limits<std::size_t>::max());
  if (!text) text.error().code = Errc::kIo;
  return text;
}

/// Reads a file line by line, and keeps every mistake, so that one look at them is enough.
class LineReader {
 public:
  LineReader(const std::filesystem::path& path, std::vector<std::string>& mistakes)
      : path_(path), mistakes_(mistakes) {}

  /// Calls `take(line)` for each line; it returns a Status. Gives back whether the last line has no
  /// end.
  template <typename Take>
  bool read(std::string_view text, LastLine last, Take take) {
    text = without_bom(text);
    const std::size_t end_of_last = text.rfind('\n') + 1;  // 0 when there is none.
    const bool is_cut = end_of_last < text.size();
    if (is_cut && last == LastLine::kMayBeHalf) text = text.substr(0, end_of_last);
    // A line that lacks its end may be half of an account, with half a secret.
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::size_t end = text.find('\n');
      if (Status taken = take(text.substr(0, end)); !taken) note(number, taken.error().detail);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return is_cut;
  }

 private:
  void note(std::size_t number, const std::string& what) {
    mistakes_.push_back(path_.string() + ":" + std::to_string(number) + ": " + what);
  }

  const std::filesystem::path& path_;
  std::vector<std::string>& mistakes_;
};

Status take_account(std::string_view line, const NameRules& rules, Accounts& out) {
  RESTANTE_TRY(auto parsed, parse_passwd_line(line, rules));
  if (!parsed) return ok();
  Account account;
  account.name = parsed->name;
  // Dovecot's word, and what the tools of a system do to a hash.
  account.no_login = parsed->extra.no_login || parsed->is_locked;
  account.allowance = parsed->extra.allowance;
  account.networks = parsed->extra.networks;
  account.fault = parsed->fault;
  account.secret = std::move(parsed->secret);
  // As Dovecot and the system take it.
  if (!out.accounts.emplace(parsed->name, std::move(account)).second)
    return Error(Errc::kSyntax, "second line for " + parsed->name + "; the first counts");
  // Whether a domain is ours is asked for each recipient that is not known.
  out.domains.emplace(to_a_labels(domain_of(parsed->name)));
  out.spellings.add(parsed->name);
  if (parsed->fault.empty()) {
    ++out.usable;
    return ok();
  }
  // It stays an account: mail comes in, and the fault is told at a login.
  return Error(Errc::kSyntax,
               "account " + parsed->name + ": " + parsed->fault + "; it cannot log in");
}

Status take_alias(std::string_view line, const NameRules& rules, const Accounts& accounts,
                  Aliases& out) {
  RESTANTE_TRY(auto parsed, parse_alias_line(line, rules));
  if (!parsed) return ok();
  // The account would never be reached by its own name.
  if (accounts.accounts.contains(parsed->address))
    return Error(Errc::kSyntax, "there is an account of this name: " + parsed->address);
  out.domains.emplace(to_a_labels(domain_of(parsed->address)));
  if (!out.aliases.emplace(parsed->address, std::move(parsed->targets)).second)
    return Error(Errc::kSyntax, "second line for " + parsed->address + "; the first counts");
  out.spellings.add(parsed->address);
  return ok();
}

/// A file without one usable line is the wrong file, or was written by the wrong program.
Status refuse_if_useless(std::size_t usable, const std::vector<std::string>& mistakes) {
  if (usable > 0 || mistakes.empty()) return ok();
  std::string all;
  for (const std::string& mistake : mistakes) all += (all.empty() ? "" : "\n") + mistake;
  return Error(Errc::kSyntax, std::move(all));
}

}  // namespace

const Account* Accounts::find(const std::string& name) const {
  const auto found = accounts.find(name);
  return found == accounts.end() ? nullptr : &found->second;
}

const Account* Accounts::find_alike(std::string_view name) const {
  return find(spellings.find(
      name, [this](const std::string& candidate) { return accounts.contains(candidate); }));
}

const std::vector<std::string>* Aliases::find_alike(std::string_view name) const {
  const auto found = aliases.find(spellings.find(
      name, [this](const std::string& candidate) { return aliases.contains(candidate); }));
  return found == aliases.end() ? nullptr : &found->second;
}

Result<Accounts> read_accounts(const std::filesystem::path& path, const NameRules& rules,
                               LastLine last) {
  Accounts out(rules);
  RESTANTE_TRY(const std::string text, read_whole(path));
  out.is_cut =
      LineReader(path, out.mistakes).read(text, last, [&rules, &out](std::string_view line) {
        return take_account(line, rules, out);
      });
  RESTANTE_CHECKED(refuse_if_useless(out.usable, out.mistakes));
  return out;
}

Result<Aliases> read_aliases(const std::filesystem::path& path, const NameRules& rules,
                             LastLine last, const Accounts& accounts) {
  Aliases out(rules);
  if (path.empty()) return out;
  RESTANTE_TRY(const std::string text, read_whole(path));
  out.is_cut = LineReader(path, out.mistakes).read(text, last, [&](std::string_view line) {
    return take_alias(line, rules, accounts, out);
  });
  RESTANTE_CHECKED(refuse_if_useless(out.aliases.size(), out.mistakes));
  return out;
}

}  // namespace restante::accounts::passwd_file
