//! What staff may do: a resource and an action each, given by roles.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{LocationId, RoleId};

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$each])* $variant),* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    };
}

words! {
    /// What staff work on. New ones are added at the end: grants are kept by name.
    Resource {
        /// Products, collections, pages, pictures.
        Catalog = "catalog",
        Inventory = "inventory",
        /// Orders and their shipping.
        Orders = "orders",
        Payments = "payments",
        Customers = "customers",
        Promotions = "promotions",
        /// Zones, methods and rates.
        Shipping = "shipping",
        /// Mails to shoppers.
        Messages = "messages",
        Settings = "settings",
        /// Staff and roles.
        Staff = "staff",
        /// Who changed what.
        Audit = "audit",
        /// Reports.
        Analytics = "analytics",
    }
}

words! {
    /// Whoever may write may read.
    Action {
        Read = "read",
        Write = "write",
    }
}

impl Resource {
    pub const fn read(self) -> Permission {
        Permission { resource: self, action: Action::Read }
    }

    pub const fn write(self) -> Permission {
        Permission { resource: self, action: Action::Write }
    }
}

/// `orders:write`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Permission {
    pub resource: Resource,
    pub action: Action,
}

impl Permission {
    pub fn all() -> impl Iterator<Item = Self> {
        Resource::ALL.iter().flat_map(|resource| [resource.read(), resource.write()])
    }

    const fn bit(self) -> u32 {
        1 << (self.resource as u32 * 2 + self.action as u32)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.resource.as_str(), self.action.as_str())
    }
}

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once(':').and_then(|(resource, action)| {
            Some(Self { resource: Resource::parse(resource)?, action: Action::parse(action)? })
        });
        parts.ok_or_else(|| UnknownPermission(text.to_owned()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPermission(pub String);

impl fmt::Display for UnknownPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no permission; they look like orders:read or catalog:write", self.0)
    }
}
impl std::error::Error for UnknownPermission {}

/// A set of permissions. As JSON a list: `["catalog:read", "orders:write"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grants(u32);

impl Grants {
    pub fn everything() -> Self {
        Permission::all().collect()
    }

    pub fn allow(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether whoever has these has all of the others too.
    pub fn cover(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// What is in both.
    #[must_use]
    pub fn within(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::all().filter(move |permission| self.allow(*permission))
    }
}

impl FromIterator<Permission> for Grants {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let bits = |permission: Permission| permission.bit() | permission.resource.read().bit();
        Self(permissions.into_iter().fold(0, |all, permission| all | bits(permission)))
    }
}

impl Serialize for Grants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|permission| permission.to_string()))
    }
}

impl<'de> Deserialize<'de> for Grants {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        words.iter().map(|word| word.parse::<Permission>().map_err(de::Error::custom)).collect()
    }
}

/// Where stock may be changed: everywhere, or in these locations only. As JSON `null`, or a list of locations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reach(Option<Vec<LocationId>>);

impl Reach {
    pub fn only(locations: impl IntoIterator<Item = LocationId>) -> Self {
        let locations: BTreeSet<LocationId> = locations.into_iter().collect();
        Self(Some(locations.into_iter().collect()))
    }

    /// None: everywhere.
    pub fn locations(&self) -> Option<&[LocationId]> {
        self.0.as_deref()
    }

    pub fn has(&self, location: LocationId) -> bool {
        self.0.as_ref().is_none_or(|own| own.contains(&location))
    }

    /// Whether whoever reaches this far reaches all of the others too.
    pub fn cover(&self, others: &Self) -> bool {
        match &others.0 {
            None => self.0.is_none(),
            Some(others) => others.iter().all(|one| self.has(*one)),
        }
    }

    /// What is in both.
    #[must_use]
    pub fn within(self, others: &Self) -> Self {
        match (self.0, &others.0) {
            (None, _) => others.clone(),
            (own, None) => Self(own),
            (Some(own), Some(_)) => Self(Some(own.into_iter().filter(|one| others.has(*one)).collect())),
        }
    }
}

words! {
    /// Roles that every shop has.
    Preset {
        Owner = "owner",
        Manager = "manager",
        Catalogue = "catalogue",
        Fulfilment = "fulfilment",
        Support = "support",
        Analyst = "analyst",
        ReadOnly = "read_only",
    }
}

impl Preset {
    pub fn grants(self) -> Grants {
        use Resource::*;
        let read_all = Resource::ALL.iter().map(|resource| resource.read());
        match self {
            Self::Owner => Grants::everything(),
            // Runs the shop; its settings and its people are the owner's.
            Self::Manager => Permission::all()
                .filter(|one| one.action == Action::Read || !matches!(one.resource, Settings | Staff))
                .collect(),
            Self::Catalogue => [Catalog.write(), Inventory.read(), Promotions.read()].into_iter().collect(),
            Self::Fulfilment => {
                [Orders.write(), Inventory.write(), Catalog.read(), Shipping.read()].into_iter().collect()
            }
            Self::Support => [
                Orders.write(),
                Customers.write(),
                Payments.read(),
                Messages.read(),
                Catalog.read(),
                Inventory.read(),
                Shipping.read(),
                Promotions.read(),
            ]
            .into_iter()
            .collect(),
            Self::Analyst => [
                Analytics.read(),
                Catalog.read(),
                Inventory.read(),
                Orders.read(),
                Payments.read(),
                Promotions.read(),
            ]
            .into_iter()
            .collect(),
            Self::ReadOnly => read_all.collect(),
        }
    }

    /// As people say it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Manager => "Manager",
            Self::Catalogue => "Catalogue",
            Self::Fulfilment => "Fulfilment",
            Self::Support => "Support",
            Self::Analyst => "Analyst",
            Self::ReadOnly => "Read only",
        }
    }
}

/// A preset, or a role of the shop's own. As text the preset's name or the role's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Preset(Preset),
    Custom(RoleId),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preset(preset) => f.write_str(preset.as_str()),
            Self::Custom(id) => fmt::Display::fmt(id, f),
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let preset = Preset::parse(text).map(Self::Preset);
        preset.or_else(|| text.parse().ok().map(Self::Custom)).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRole(pub String);

impl fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let presets: Vec<&str> = Preset::ALL.iter().map(|preset| preset.as_str()).collect();
        write!(f, "{:?} is no role; there are {}, and the ids of the shop's own", self.0, presets.join(", "))
    }
}
impl std::error::Error for UnknownRole {}

impl From<Preset> for Role {
    fn from(preset: Preset) -> Self {
        Self::Preset(preset)
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use super::{Grants, Role};
    use utoipa::openapi::{
        RefOr,
        schema::{ArrayBuilder, ObjectBuilder, Schema, Type},
    };

    fn text(about: &str) -> ObjectBuilder {
        ObjectBuilder::new().schema_type(Type::String).description(Some(about))
    }

    impl utoipa::PartialSchema for Role {
        fn schema() -> RefOr<Schema> {
            text("A preset's name (`owner`, `manager`, `catalogue`, `fulfilment`, `support`, `analyst`, `read_only`) or the id of a role of the shop's own").into()
        }
    }
    impl utoipa::ToSchema for Role {
        fn name() -> std::borrow::Cow<'static, str> {
            "Role".into()
        }
    }
    impl utoipa::PartialSchema for Grants {
        fn schema() -> RefOr<Schema> {
            ArrayBuilder::new().items(text("`orders:read`, `catalog:write`; who may write may read")).into()
        }
    }
    impl utoipa::ToSchema for Grants {
        fn name() -> std::borrow::Cow<'static, str> {
            "Grants".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_write_may_read_and_nothing_else() {
        let grants: Grants = [Resource::Orders.write()].into_iter().collect();
        let allowed: Vec<_> = grants.iter().collect();
        assert_eq!(allowed, [Resource::Orders.read(), Resource::Orders.write()]);
        assert!(Grants::everything().cover(grants) && !grants.cover(Grants::everything()));
        assert_eq!(
            grants.within(Preset::ReadOnly.grants()).iter().collect::<Vec<_>>(),
            [Resource::Orders.read()]
        );
    }

    #[test]
    fn only_owners_have_everything_and_nobody_has_more() {
        for preset in Preset::ALL {
            let grants = preset.grants();
            assert_eq!(grants == Grants::everything(), *preset == Preset::Owner, "{preset:?}");
            assert!(Preset::Owner.grants().cover(grants));
            assert_eq!(
                grants.allow(Resource::Staff.write()) || grants.allow(Resource::Settings.write()),
                *preset == Preset::Owner,
                "{preset:?}"
            );
        }
    }

    #[test]
    fn names_come_back_as_they_went() {
        for permission in Permission::all() {
            assert_eq!(permission.to_string().parse(), Ok(permission));
        }
        let grants = Preset::Support.grants();
        let json = serde_json::to_string(&grants).unwrap();
        assert_eq!(serde_json::from_str::<Grants>(&json).unwrap(), grants);
        assert!(serde_json::from_str::<Grants>("[\"orders:fly\"]").is_err());
        let custom = Role::Custom(RoleId::new(uuid::Uuid::from_u128(7)));
        for role in Preset::ALL.iter().map(|preset| Role::from(*preset)).chain([custom]) {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        assert!("emperor".parse::<Role>().is_err());
    }
}
