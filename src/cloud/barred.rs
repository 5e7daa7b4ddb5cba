//! Roles that must not be assumed: a plan never assumes an apply role.

use super::error::CloudError;
use super::meaning::Meaning;
use super::place::Place;
use crate::model::settings::{Access, Mode};
use crate::model::trust::ApplyRoles;

/// Fails if a role on the way into an account is barred.
pub(crate) fn bar(barred: &ApplyRoles, access: &Access, place: &Place, mode: Mode) -> Result<(), CloudError> {
    let on_the_way = [("access.through", &access.through), ("access.role", &access.role)];
    for (key, template) in on_the_way.into_iter().filter_map(|(key, template)| Some((key, template.as_ref()?))) {
        let arn = Access::role_arn(template, &place.account, mode);
        if barred.bars(&arn) {
            let message = format!(
                "a plan does not enter {arn} (`{key}` in settings.yaml): it is a role of apply, which can write. Put \
                 `{{mode}}` into its name, so that plan and apply have a role each. If both shall use one role, \
                 `shared_role: true` has to be on the base branch already: a pull request can't allow it for itself"
            );
            return Err(CloudError::own("AssumeRole", place, "ApplyRole", Meaning::Denied, message));
        }
    }
    Ok(())
}
