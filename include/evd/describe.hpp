#pragma once
/// Types described with Boost.Describe (BOOST_DESCRIBE_STRUCT, BOOST_DESCRIBE_CLASS) need no further list: include this
/// header before they are first put into JSON. Aggregates need neither.
///
/// A member that the description omits does not compile. Where some members are private, or inherited, this is seen by
/// the size of the type, which an omitted member that fits into padding does not change.

#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <evd/members.hpp>

namespace evd {

namespace detail {

template <class T>
using described =
    boost::describe::describe_members<T, boost::describe::mod_any_access | boost::describe::mod_inherited>;
template <class T>
using described_in_public = boost::describe::describe_members<T, boost::describe::mod_public>;

template <class T, template <class...> class List, class... Members>
constexpr auto list_described(List<Members...>) {
  constexpr bool whole = boost::mp11::mp_size<described_in_public<T>>::value == sizeof...(Members);
  return member_list<T, whole, Members::pointer...>{{std::string_view(Members::name)...}};
}

}  // namespace detail

template <class T>
requires(boost::describe::has_describe_members<T>::value && !std::is_union_v<T>) constexpr auto evd_members(type<T>) {
  return detail::list_described<T>(detail::described<T>{});
}

}  // namespace evd
