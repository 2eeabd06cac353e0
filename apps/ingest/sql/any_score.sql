-- Whether a deployment is sent scores at all; most are not.
SELECT 1 FROM traces_score WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s LIMIT 1
