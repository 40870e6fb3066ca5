// What is signed within S/MIME's application/pkcs7-mime (CMS SignedData, RFC 5652 s.5.1): the
// octets between the wrapping, in DER or BER. Signatures and certificates are not looked at. Pure;
// linear; without recursion.
#pragma once

#include <string>
#include <string_view>

namespace restante::mime {

/// Empty: it is no signed data, or the content stands elsewhere. Of one that is cut, what is there.
std::string signed_content(std::string_view octets);

}  // namespace restante::mime
