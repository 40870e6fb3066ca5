// Internationalised domain names: "bücher.test" and "xn--bcher-kva.test" are one domain
// (RFC 5890 s.2.3.2.1). The rules are UTS #46's, non-transitional: "ß" stays "ß".
//
// Nothing here refuses a domain. A label that can have no A-label, and one that only looks like an
// A-label, stay as they are: mail for them is not lost, it only has one spelling.
#pragma once

#include <string>
#include <string_view>

namespace restante::accounts {

/// The form that domains are compared in: each label that is not ASCII as its A-label, mapped and
/// folded before. ASCII only gets lower case, an A-label is taken at its word. Applying it twice
/// changes nothing.
std::string to_a_labels(std::string_view domain);

/// The form for people: the same domain with U-labels. What is no genuine A-label stays.
std::string to_u_labels(std::string_view domain);

/// Whether both are one domain.
bool same_domain(std::string_view a, std::string_view b);

}  // namespace restante::accounts
