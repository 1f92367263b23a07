import { expect, test } from "../support/test.ts";
import { PASSWORD } from "../support/visitor.ts";

const OTHER = "another good passphrase";

for (const scripts of [true, false]) {
  test.describe(`scripts ${scripts ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled: scripts });

    test("a forgotten password is set anew by mail", async ({ visitor, page, admin, email, strict }) => {
      strict.expectStatus(401, /^\/fn\/account\/sign-in$/);
      strict.expectStatus(422, /^\/fn\/account\/sign-in$/);
      await visitor.register(email);
      await page.context().clearCookies();

      await visitor.open("/account");
      await expect(page).toHaveURL(/\/account\/login\?next=\/account$/);
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill("not the password");
      await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByText("This mail address and password don't match.")).toBeVisible();
      await expect(page).toHaveURL(/\/account\/login|\/fn\/account\/sign-in/);
      await expect(page.getByLabel("E-mail")).toHaveValue(email);
      // A page made anew never has a password in it.
      if (!scripts) await expect(page.getByLabel("Password")).toHaveValue("");

      await page.getByRole("link", { name: "Forgot your password?" }).click();
      // The page before has a field of that name too.
      await expect(visitor.heading).toHaveText("Forgot your password?");
      await page.getByLabel("E-mail").fill(email);
      await page.getByRole("button", { name: "Send the link" }).click();
      await expect(page.getByText("a letter with a link is on its way")).toBeVisible();
      const { text } = await admin.mail(email, "password_reset");
      const [, link] = /(\/account\/reset\/\S+)/.exec(text) ?? [];
      await visitor.open(link);
      await page.getByLabel("New password").fill(OTHER);
      await page.getByRole("button", { name: "Save the password" }).click();
      await expect(page.getByText("Your password is changed.")).toBeVisible();

      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(OTHER);
      await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
      await expect(page).toHaveURL(/\/account$/);
      await expect(page.getByText("Welcome, Ada Byron")).toBeVisible();

      await page.getByRole("link", { name: "Password", exact: true }).click();
      await page.getByLabel("Password so far").fill(OTHER);
      await page.getByLabel("New password").fill(PASSWORD);
      await page.getByRole("button", { name: "Change password" }).click();
      await expect(page).toHaveURL(/\/account$/);

      await page.getByRole("button", { name: "Sign out" }).click();
      await expect(page).toHaveURL(/\/$/);
      await visitor.open("/account");
      await expect(page).toHaveURL(/\/account\/login/);
    });

    test("addresses are added, changed and taken away", async ({ visitor, page, email }) => {
      await visitor.register(email);
      await visitor.open("/account/addresses");
      await page.getByLabel("Full name").fill("Ada Byron");
      await page.getByLabel("Street and number").fill("Lindenkaai 8");
      await page.getByLabel("City").fill("Ghent");
      await page.getByLabel("Postcode").fill("9000");
      await page.getByLabel("Country").selectOption("BE");
      await page.getByRole("button", { name: "Save address" }).click();
      await expect(page.locator("address")).toContainText("Ghent");

      await page.getByRole("link", { name: "Change" }).click();
      await expect(page.getByLabel("City")).toHaveValue("Ghent");
      await page.getByLabel("City").fill("Bruges");
      await page.getByRole("button", { name: "Save address" }).click();
      await expect(page.locator("address")).toHaveCount(1);
      await expect(page.locator("address")).toContainText("Bruges");

      await page.getByRole("button", { name: "Delete" }).click();
      await expect(page.locator("address")).toHaveCount(0);
    });

    test("a guest's cart is still there after signing in", async ({ visitor, page, admin, email }) => {
      await visitor.register(email);
      await page.context().clearCookies();
      await visitor.put((await admin.variant("steve-the-cactus")).id, 2);
      await visitor.open("/checkout");
      await page.getByRole("link", { name: "Sign in" }).click();
      // The checkout has a field of that name too.
      await expect(visitor.heading).toHaveText("Sign in");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
      await expect(page).toHaveURL(/\/checkout$/);
      await expect(page.getByLabel("E-mail")).toHaveValue(email);
      await expect(page.locator(".summary .line__qty")).toContainText("2");
    });
  });
}

test("nobody sees another's account by going back after signing out", async ({ visitor, page, email }) => {
  await visitor.register(email, "Ada Byron");
  await visitor.open("/account");
  await expect(page.getByText("Welcome, Ada Byron")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goBack();
  await expect(visitor.heading).toHaveText("Sign in");
  await expect(page.getByText("Welcome, Ada Byron")).toHaveCount(0);
});
