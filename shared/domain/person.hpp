#pragma once
// A resident as written on an application. Always private: never in an entry's body, a key or a log.

#include "shared/base/result.hpp"

#include <cereal/cereal.hpp>

#include <string>

namespace cunzheng::domain {

struct Person {
  std::string name;
  std::string id_number;  // normalised: half-width, upper case (identifiers.hpp); 18 characters for a citizen's card
  std::string phone;
  std::string address;

  bool operator==(const Person&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(name), CEREAL_NVP(id_number), CEREAL_NVP(phone), CEREAL_NVP(address));
  }
};

}  // namespace cunzheng::domain
