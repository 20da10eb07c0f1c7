//! Namespaces that a .NET project file uses in all its sources.

/// `<Using Include="Shop.Models" />`; one that is removed or has an alias or is static is no
/// namespace.
pub(super) fn usings(text: &str) -> Vec<String> {
    (text.split("<Using ").skip(1))
        .filter_map(|rest| rest.split('>').next())
        .filter(|element| !element.contains("Alias=") && !element.contains("Remove="))
        .filter_map(|element| element.split_once("Include=\"")?.1.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn usings_of_a_project() {
        let text = "<ItemGroup><Using Include=\"Shop.Models\" />\n<Using Remove=\"System.Net\"/>
            <Using Include=\"Shop.Math\" Static=\"true\"/><Using Include=\"A.B\" Alias=\"C\"/></ItemGroup>";
        assert_eq!(super::usings(text), ["Shop.Models", "Shop.Math"]);
    }
}
