import { PageViews } from './page-views'

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <PageViews />
        {children}
      </body>
    </html>
  )
}
