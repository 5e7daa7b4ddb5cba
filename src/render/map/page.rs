//! The page around the data.

/// The page with its data in it. What is in `data_json` can't end the script that it stands in.
pub fn page(data_json: &str, title: &str) -> String {
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"generator\" \
         content=\"catalog-sync\">\n<title>{title}</title>\n</head>\n<body>\n<script type=\"application/json\" \
         id=\"data\">{data_json}</script>\n</body>\n</html>\n"
    )
}
