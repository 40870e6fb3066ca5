#include "accounts/ldap/entry_filter.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "base/ascii.h"
#include "base/numbers.h"

namespace restante::accounts::ldap {

enum class Kind : std::uint8_t { kAnd, kOr, kNot, kParts, kAtLeast, kAtMost, kAllBits, kAnyBit };

struct EntryFilter::Node {
  Kind kind = Kind::kAnd;
  std::vector<Node> inner;
  std::string attribute;
  std::vector<std::string> parts;  ///< The texts between asterisks; one: the whole value.
};

namespace {

using Node = EntryFilter::Node;

// It is the operator's own text; the depth bounds the recursion over it.
constexpr int kDepthMax = 20;
constexpr std::string_view kAllBitsRule = "1.2.840.113556.1.4.803";
constexpr std::string_view kAnyBitRule = "1.2.840.113556.1.4.804";

Error wrong(const std::string& what) { return Error(Errc::kSyntax, what); }

std::optional<unsigned> hex_value(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char lower = to_lower(c);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
  return std::nullopt;
}

/// Folded, with \XX decoded, cut at the asterisks.
Result<std::vector<std::string>> parts_of(std::string_view text) {
  std::vector<std::string> parts(1);
  // Before the escapes are decoded: "\2a" is an asterisk in a value.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      parts.emplace_back();
    } else if (text[i] != '\\') {
      // Values are compared without regard to case, as directories compare most of them.
      parts.back() += to_lower(text[i]);
    } else {
      const auto high = i + 2 < text.size() ? hex_value(text[i + 1]) : std::nullopt;
      const auto low = high ? hex_value(text[i + 2]) : std::nullopt;
      if (!low) return wrong("has a \\ without two hexadecimal digits behind it");
      parts.back() += to_lower(static_cast<char>(*high * 16 + *low));
      i += 2;
    }
  }
  return parts;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Result<Node> parse() {
    RESTANTE_TRY(Node node, parse_one(0));
    if (!rest_.empty()) return wrong("has something behind its last \")\"");
    return node;
  }

 private:
  Result<Node> parse_one(int depth) {
    if (depth > kDepthMax) return wrong("nests too deeply");
    if (!take("(")) return wrong("must start with \"(\", and so must each part of it");
    auto node = parse_inside(depth);
    if (node && !take(")")) return wrong("has parentheses that do not match");
    return node;
  }

  Result<Node> parse_inside(int depth) {
    Node node;
    if (take("!")) {
      node.kind = Kind::kNot;
      RESTANTE_TRY(Node inner, parse_one(depth + 1));
      node.inner.push_back(std::move(inner));
      return node;
    }
    if (!rest_.starts_with('&') && !rest_.starts_with('|')) return parse_item();
    // A list may be empty: "(&)" is true and "(|)" is false.
    node.kind = take("&") ? Kind::kAnd : Kind::kOr;
    if (node.kind == Kind::kOr) take("|");
    while (rest_.starts_with('(')) {
      RESTANTE_TRY(Node inner, parse_one(depth + 1));
      node.inner.push_back(std::move(inner));
    }
    return node;
  }

  /// "attribute=value", up to the closing parenthesis.
  Result<Node> parse_item() {
    const std::string_view item = rest_.substr(0, rest_.find_first_of("()"));
    rest_.remove_prefix(item.size());
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos || equals == 0) return wrong("has a part without \"=\"");
    Node node;
    std::string_view name = item.substr(0, equals);
    node.kind = cut_operator(name);
    if (!is_attribute(name))
      return wrong("has \"" + std::string(name) +
                   "\", which is no attribute or no rule known here");
    node.attribute = name;
    RESTANTE_TRY(auto parts, parts_of(item.substr(equals + 1)));
    node.parts = std::move(parts);
    const bool is_number = node.kind == Kind::kAllBits || node.kind == Kind::kAnyBit;
    if (node.kind != Kind::kParts && node.parts.size() > 1)
      return wrong("has an asterisk in a comparison");
    // A rule without a number would fit no entry, and no one would be kept out.
    if (is_number && !parse_decimal<std::uint32_t>(node.parts.front()))
      return wrong("has a rule for bits without a number");
    return node;
  }

  static Kind cut_operator(std::string_view& name) {
    const auto ends = [&name](std::string_view mark) {
      if (!name.ends_with(mark)) return false;
      name.remove_suffix(mark.size());
      return true;
    };
    if (ends(">")) return Kind::kAtLeast;
    if (ends("<")) return Kind::kAtMost;
    if (ends(":" + std::string(kAllBitsRule) + ":")) return Kind::kAllBits;
    if (ends(":" + std::string(kAnyBitRule) + ":")) return Kind::kAnyBit;
    return Kind::kParts;
  }

  static bool is_attribute(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == ';';
    });
  }

  bool take(std::string_view mark) {
    if (!rest_.starts_with(mark)) return false;
    rest_.remove_prefix(mark.size());
    return true;
  }

  std::string_view rest_;
};

/// "a*b*c": the first at the beginning, the last at the end, the others in between in this order.
bool fits(std::string_view value, const std::vector<std::string>& parts) {
  if (parts.size() == 1) return value == parts.front();
  if (!value.starts_with(parts.front())) return false;
  value.remove_prefix(parts.front().size());
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    const std::size_t at = value.find(parts[i]);
    if (at == std::string_view::npos) return false;
    value.remove_prefix(at + parts[i].size());
  }
  return value.ends_with(parts.back());
}

/// Below, at or above 0: numbers by their value, all else (times, too) as text.
int compare(const std::string& value, const std::string& bound) {
  const auto a = parse_decimal<std::uint64_t>(value);
  const auto b = parse_decimal<std::uint64_t>(bound);
  if (a && b) return *a < *b ? -1 : static_cast<int>(*a > *b);
  return value.compare(bound);
}

/// Active Directory's numbers have a sign, and 32 bits.
std::optional<std::uint32_t> bits_of(std::string_view value) {
  const bool negative = value.starts_with('-');
  const auto number = parse_decimal<std::uint32_t>(value.substr(negative ? 1 : 0));
  if (!number) return std::nullopt;
  // As a signed number is stored in those 32 bits.
  return negative ? 0U - *number : *number;
}

bool value_fits(const std::string& value, const Node& node) {
  const std::string& wanted = node.parts.front();
  switch (node.kind) {
    case Kind::kParts: return fits(value, node.parts);
    case Kind::kAtLeast: return compare(value, wanted) >= 0;
    case Kind::kAtMost: return compare(value, wanted) <= 0;
    case Kind::kAllBits:
    case Kind::kAnyBit: {
      const auto bits = bits_of(value);
      const auto mask = parse_decimal<std::uint32_t>(wanted);
      // An entry that lacks the number is not marked.
      if (!bits || !mask) return false;
      return node.kind == Kind::kAllBits ? (*bits & *mask) == *mask : (*bits & *mask) != 0;
    }
    case Kind::kAnd:
    case Kind::kOr:
    case Kind::kNot: break;
  }
  return false;
}

bool node_matches(const Node& node, const Entry& entry) {
  const auto inner = [&entry](const Node& one) { return node_matches(one, entry); };
  switch (node.kind) {
    case Kind::kAnd: return std::all_of(node.inner.begin(), node.inner.end(), inner);
    case Kind::kOr: return std::any_of(node.inner.begin(), node.inner.end(), inner);
    case Kind::kNot: return !inner(node.inner.front());
    case Kind::kParts:
    case Kind::kAtLeast:
    case Kind::kAtMost:
    case Kind::kAllBits:
    case Kind::kAnyBit: break;
  }
  const Values& values = entry.values_of(node.attribute);
  return std::any_of(values.begin(), values.end(), [&node](const std::string& value) {
    return value_fits(to_lower(trim(value)), node);
  });
}

void add_attributes(const Node& node, std::vector<std::string>& out) {
  add_attribute(out, node.attribute);
  for (const Node& inner : node.inner) add_attributes(inner, out);
}

}  // namespace

EntryFilter::EntryFilter() = default;
EntryFilter::~EntryFilter() = default;
EntryFilter::EntryFilter(EntryFilter&&) noexcept = default;
EntryFilter& EntryFilter::operator=(EntryFilter&&) noexcept = default;

Result<EntryFilter> EntryFilter::parse(std::string_view text) {
  RESTANTE_TRY(Node root, Parser(text).parse());
  EntryFilter filter;
  filter.root_ = std::make_unique<Node>(std::move(root));
  return filter;
}

bool EntryFilter::matches(const Entry& entry) const {
  return root_ != nullptr && node_matches(*root_, entry);
}

std::vector<std::string> EntryFilter::attributes() const {
  std::vector<std::string> out;
  if (root_ != nullptr) add_attributes(*root_, out);
  return out;
}

}  // namespace restante::accounts::ldap
