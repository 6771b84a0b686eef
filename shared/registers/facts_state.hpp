#pragma once
// The inside of the book of facts: everything that was said, and what of it counts.

#include "shared/registers/facts.hpp"
#include "shared/registers/hub_times.hpp"
#include "shared/registers/publications.hpp"
#include "shared/registers/trust.hpp"

#include <set>
#include <variant>

namespace cunzheng::registers {

template <class Body>
struct Said {
  Body body;
  std::optional<typename Body::Private> personal;
};

// A fact as it stands in a journal, whether it counts or not.
struct Fact {
  journal::JournalId journal;
  journal::Seq seq = 0;
  std::variant<Said<journal::HubCertified>, Said<journal::DataPublished>, Said<journal::ExclusionListPublished>,
               Said<journal::BodyDescribed>, Said<journal::DeviceEnrolled>, Said<journal::DeviceRevoked>,
               Said<journal::OfficerAppointed>, Said<journal::OfficerKeyMade>, Said<journal::RulingMade>,
               Said<journal::PrivatePartErased>>
      said;
  bool counts = false;
  Text why_not;
};
using FactKinds = journal::BodyList<journal::HubCertified, journal::DataPublished, journal::ExclusionListPublished,
                                    journal::BodyDescribed, journal::DeviceEnrolled, journal::DeviceRevoked,
                                    journal::OfficerAppointed, journal::OfficerKeyMade, journal::RulingMade,
                                    journal::PrivatePartErased>;

struct FactBook::State {
  using Order = Publications::Order;

  explicit State(crypto::PublicKey root_key) : root(root_key), trust(root_key) {}

  crypto::PublicKey root;
  Trust trust;
  HubTimes times;

  std::map<Order, Fact> facts;
  std::map<journal::EntryId, Order> order_of;
  std::set<Order> waiting;  // of those, the ones that do not count
  std::set<journal::EntryId> erased;

  // What counts, sorted out.
  struct Counting {
    std::map<journal::DataKind, Publications> published;
    std::map<std::pair<std::uint32_t, Order>, bool> lists;  // revision first; whether the list itself is held
    std::map<std::string, std::map<Order, journal::BodyDescribed>> described;
    std::map<crypto::PublicKey, std::map<Order, Device>> enrolled;
    std::map<std::pair<std::string, crypto::PublicKey>, std::map<Order, journal::DeviceRevoked>> revoked;
    std::map<crypto::PublicKey, Device> devices;
    std::map<std::string, std::map<Order, Appointed>> appointed;
    std::map<domain::OfficerId, std::map<Order, OfficerFact>> officers;  // appointments
    std::map<domain::OfficerId, std::map<Order, OfficerFact>> keys_made;
    std::map<domain::FindingId, std::map<Order, Ruling>> rulings;
  } now;

  // Whether a fact counts; if so it is sorted in.
  Status admit(const Order& order, Fact& fact);
  Status stands_in(const Fact& fact, journal::JournalKind kind) const;

  Status take(const Order& order, const Fact& fact, const Said<journal::HubCertified>& said);
  Status take(const Order& order, const Fact& fact, const Said<journal::DataPublished>& said);
  Status take(const Order& order, const Fact& fact, const Said<journal::ExclusionListPublished>& said);
  Status take(const Order& order, const Fact& fact, const Said<journal::BodyDescribed>& said);
  Status take(const Order& order, const Fact& fact, const Said<journal::DeviceEnrolled>& said);
  Status take(const Order& order, const Fact& fact, const Said<journal::DeviceRevoked>& said);
  Status take(const Order& order, const Fact& fact, const Said<journal::OfficerAppointed>& said);
  Status take(const Order& order, const Fact& fact, const Said<journal::OfficerKeyMade>& said);
  Status take(const Order& order, const Fact& fact, const Said<journal::RulingMade>& said);
  Status take(const Order& order, const Fact& fact, const Said<journal::PrivatePartErased>& said);

  void settle_device(const crypto::PublicKey& key);
  std::vector<FactKey> settle_data();
  std::vector<FactKey> keys_of(const Fact& fact) const;
  std::vector<FactKey> retry();
  std::vector<FactKey> sort_anew();
  std::vector<journal::EntryId> strip(const std::set<Order>& among);
  std::set<Order> all() const;
  std::set<journal::EntryId> data_in_use() const;
};

}  // namespace cunzheng::registers
