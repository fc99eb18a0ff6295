/** Roles in the order an office names them. */
export const FIELD_ROLES = ['grid_worker', 'grid_lead', 'volunteer', 'sampler'] as const
export const ROLES = [
  ...FIELD_ROLES, 'community_officer', 'sector_officer', 'subdistrict_officer', 'command', 'hotline_operator', 'tracer', 'data_officer', 'system_admin', 'security_admin', 'audit_admin',
] as const
/** Three administrators who check each other: none is appointed by one person alone. */
export const ADMINISTRATORS = new Set<string>(['system_admin', 'security_admin', 'audit_admin'])
