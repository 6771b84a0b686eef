// The catalogue as it comes from outside, in both its forms. What is accepted has one canonical byte form, and every
// function over it answers without a fault.

#include "shared/base/verify.hpp"
#include "shared/codec/archive.hpp"
#include "shared/domain/eligibility.hpp"

#include <cstddef>

using namespace cunzheng;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  if (const auto catalogue = codec::decode<domain::Catalogue>(bytes)) {
    VERIFY(equal(codec::encode(*catalogue), bytes));
    static_cast<void>(domain::check(*catalogue, nullptr));
  }
  const auto catalogue = domain::catalogue_from_json(text_of(bytes));
  if (!catalogue || !domain::check(*catalogue, nullptr)) return 0;
  const CivilDate day = catalogue->effective_from + 1;
  for (const auto& item : catalogue->issuable) {
    domain::Application application;
    application.item = item.id;
    if (!item.purposes.empty()) application.purpose = item.purposes.front();
    if (!item.requester_kinds.empty()) application.requester_kind = item.requester_kinds.front();
    static_cast<void>(domain::decide(application, {*catalogue, nullptr, 0}, {}, day));
  }
  return 0;
}
